// The colours of the page as a chart needs them: resolved, because SVG attributes know no custom properties.

const NAMES = ['text', 'muted', 'line', 'control', 'card', 'accent', 'accent-fill', 'ochre-fill'];

export function colours() {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const found = Object.fromEntries(NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return found;
}

// What a part looks like: accent 1, accent 2, or both at once as hatching.
export function filled(role, palette) {
  if (role === 'both') {
    return {
      color: palette['accent-fill'],
      decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4, color: palette['ochre-fill'] },
    };
  }
  const fills = { accent: palette['accent-fill'], ochre: palette['ochre-fill'], quiet: palette.control };
  return { color: fills[role] ?? fills.accent, decal: { symbol: 'none' } };
}
