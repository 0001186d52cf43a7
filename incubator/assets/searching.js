// Searchable selects (select[data-search], over their options), and the keys "/" and Ctrl+K for the search box.
import TomSelect from 'tom-select/base';
import { said } from './said.js';

export function startSearch() {
  for (const select of document.querySelectorAll('select[data-search]')) upgrade(select);
  document.addEventListener('keydown', (event) => {
    const wanted = event.key === '/' || (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey));
    const box = document.querySelector('[data-search-box]');
    if (!wanted || !box || event.isComposing || (event.key === '/' && isTyping(event.target))) return;
    event.preventDefault();
    if (box.offsetParent) box.select();
    else window.location.assign(box.form.action); // too narrow for the box: the search has a page of its own
  });
}

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function upgrade(select) {
  const names = select.getAttribute('aria-describedby');
  // The label moves to the box that is typed into; the select behind it keeps its name.
  select.setAttribute('aria-label', select.labels[0]?.textContent ?? '');
  const box = new TomSelect(select, {
    maxOptions: 50,
    searchField: ['text', 'note'],
    openOnFocus: false,
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
