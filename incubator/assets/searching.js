// Searchable selects (select[data-search], over its options or over data-search-url) and the key "/" for the search box.
import TomSelect from 'tom-select/base';
import { said } from './said.js';

export function startSearch() {
  for (const select of document.querySelectorAll('select[data-search]')) upgrade(select);
  document.addEventListener('keydown', (event) => {
    const wanted = event.key === '/' || (event.key === 'k' && (event.ctrlKey || event.metaKey));
    const box = document.querySelector('[data-search-box]');
    if (!wanted || !box || (event.key === '/' && isTyping(event.target))) return;
    event.preventDefault();
    box.focus();
  });
}

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function upgrade(select) {
  const url = select.dataset.searchUrl;
  const names = select.getAttribute('aria-describedby');
  // The label moves to the box that is typed into; the select behind it keeps its name.
  select.setAttribute('aria-label', select.labels[0]?.textContent ?? '');
  const box = new TomSelect(select, {
    maxOptions: 50,
    searchField: ['text', 'note', 'find'],
    openOnFocus: false,
    ...(url ? { load: (text, done) => find(url, text, box, done), shouldLoad: (text) => text.length > 0 } : {}),
    render: { option: drawn, item: (data, escape) => `<div>${escape(data.text)}</div>`, no_results: nothing },
  });
  if (names) box.control_input.setAttribute('aria-describedby', names);
  if (select.getAttribute('aria-invalid')) box.control_input.setAttribute('aria-invalid', 'true');
}

function drawn(data, escape) {
  return `<div>${escape(data.text)}${data.note ? `<span class="sub">${escape(data.note)}</span>` : ''}</div>`;
}

function nothing() {
  return `<div class="no-results">${said('noMatch')}</div>`;
}

// What the server finds (pinyin, former names, codes) need not contain the typed letters: each answer is marked with them,
// so that it alone matches them, and Enter never takes a tenant that was not searched for.
async function find(url, text, box, done) {
  const address = new URL(url, location.href);
  address.searchParams.set('q', text);
  const answer = await fetch(address, { headers: { Accept: 'application/json' } }).catch(() => null);
  const found = answer?.ok ? await answer.json() : [];
  box.clearOptions();
  done(found.map((option) => ({ ...option, find: text })));
}
