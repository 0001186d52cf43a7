// A file dropped anywhere on a dashed area is chosen as if it had been picked; its name stands there.

export function startDropping() {
  for (const area of document.querySelectorAll('[data-drop-area]')) watch(area);
}

function watch(area) {
  const input = area.querySelector('input[type=file]');
  area.addEventListener('dragover', (event) => event.preventDefault());
  area.addEventListener('drop', (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  input.addEventListener('change', () => {
    area.querySelector('[data-chosen-file]').textContent = input.files[0]?.name ?? '';
  });
}
