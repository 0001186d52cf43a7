// The toggle between a chart and the table of its numbers.

export function startViews() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-view]');
    if (!button) return;
    const card = button.closest('.chart-card');
    for (const other of card.querySelectorAll('[data-view]')) other.setAttribute('aria-pressed', String(other === button));
    card.querySelector('.chart').hidden = button.dataset.view !== 'chart';
    card.querySelector('.chart-table').hidden = button.dataset.view !== 'table';
  });
}
