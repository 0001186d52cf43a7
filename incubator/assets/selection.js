// Rows ticked in a list: how many and how much, before something is done to all of them.
import { grouped } from './amounts.js';
import { language, said } from './said.js';

export function startSelection() {
  document.addEventListener('change', (event) => {
    const table = event.target.closest('table[data-selection]');
    if (!table) return;
    if (event.target.matches('[data-select-all]')) {
      for (const box of table.querySelectorAll('[data-select-row]')) box.checked = event.target.checked;
    }
    tell(table);
  });
  // Who comes back by the browser's own button finds the ticks of before, and the bar with them.
  window.addEventListener('pageshow', () => {
    for (const table of document.querySelectorAll('table[data-selection]')) tell(table);
  });
}

function tell(table) {
  const bar = document.getElementById(table.dataset.selection);
  const chosen = [...table.querySelectorAll('[data-select-row]:checked')];
  const fen = chosen.reduce((sum, box) => sum + BigInt(box.dataset.fen ?? 0), 0n);
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  const all = table.querySelector('[data-select-all]');
  const boxes = table.querySelectorAll('[data-select-row]').length;
  if (all) all.checked = boxes > 0 && chosen.length === boxes;
  if (all) all.indeterminate = chosen.length > 0 && chosen.length < boxes;
  const money = language === 'zh' ? `${grouped(fen)} 元` : `CNY ${grouped(fen)}`;
  const number = language === 'zh' ? `${chosen.length} 项` : chosen.length;
  bar.querySelector('[data-selection-said]').textContent = `${said('selected')} ${number}  ${money}`;
}
