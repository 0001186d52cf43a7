// The toggle between a chart and the table of its numbers; which is shown follows from what is pressed.

export function startViews() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-view]');
    if (!button) return;
    for (const other of button.parentElement.querySelectorAll('[data-view]')) other.setAttribute('aria-pressed', String(other === button));
  });
}
