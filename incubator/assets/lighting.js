// Pointing at a tile lights the row of the same name, and the other way round.

export function startLighting() {
  for (const kind of ['pointerover', 'focusin']) document.addEventListener(kind, light);
}

function light(event) {
  const name = event.target.closest('[data-lights]')?.dataset.lights ?? '';
  for (const element of document.querySelectorAll('[data-lights]')) element.classList.toggle('lit', element.dataset.lights === name);
}
