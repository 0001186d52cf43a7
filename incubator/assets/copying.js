// Copying: a text (data-copy), a table of the page (data-copy-table) or a whole list (data-copy-from), tab-separated, so
// that it pastes as numbers.
import { said } from './said.js';

const SHOWN_MS = 1600;

export function startCopying() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-copy], [data-copy-table], [data-copy-from]');
    if (!button) return;
    const { copyFrom } = button.dataset;
    const done = copyFrom ? copyWhole(copyFrom) : copy(button.dataset.copy ?? tableText(document.getElementById(button.dataset.copyTable)));
    done.then(() => tell(button, said('copied')), () => tell(button, said('notCopied')));
  });
}

// A list may have more rows than were loaded: the server tells all of them. The clipboard is given the promise of the text,
// because it is only open in the moment of the press.
async function copyWhole(address) {
  const asked = fetch(address).then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(answer.status))));
  if (window.isSecureContext && window.ClipboardItem) {
    const text = asked.then((found) => new Blob([found], { type: 'text/plain' }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
  } else {
    await copy(await asked);
  }
}

// Pages on a plain http address of the local network have no clipboard interface; the old command still works there.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copy was refused');
}

function tell(button, message) {
  const place = button.querySelector('[data-copy-said]') ?? button;
  const before = place.textContent;
  if (place.dataset.busy) return;
  place.dataset.busy = 'yes';
  place.textContent = message;
  document.getElementById('said-aloud').textContent = message;
  setTimeout(() => {
    place.textContent = before;
    delete place.dataset.busy;
  }, SHOWN_MS);
}

export function tableText(table) {
  const lines = [table.dataset.title, table.dataset.unit].filter(Boolean);
  const rows = [...table.rows].filter(isCopied).map((row) => [...row.cells].filter(isCopied).map(cellText).join('\t'));
  return [...lines, ...rows].join('\n');
}

function isCopied(element) {
  return !element.hasAttribute('data-not-copied');
}

// A number pastes as a number only without separators; an explicit data-value wins over what is shown.
function cellText(cell) {
  const shown = (cell.dataset.value ?? cell.textContent).replace(/\s+/g, ' ').trim();
  return cell.classList.contains('num') && /^[-+]?[\d,]+(\.\d+)?$/.test(shown) ? shown.replace(/[,+]/g, '') : shown;
}
