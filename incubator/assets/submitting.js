// Sending forms: switches that send themselves, one press = one sending, and Enter that never answers a doubt.
import { openDoubt } from './doubts.js';

export function startSubmitting() {
  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-submit-on-change]') && event.target.value) event.target.form.requestSubmit();
  });
  document.addEventListener('submit', guard);
  document.addEventListener('keydown', sendByKeys);
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  });
  // After an error one goes on where it is, not where the form begins; on a page without a form, with what was said.
  const faults = ['[aria-invalid="true"]', '[data-doubt-tick]:not(:checked)', '.box-bad[tabindex]'];
  const wanted = [...faults, '[data-focus-first]', '.flashes'];
  const first = wanted.map((selector) => document.querySelector(selector)).find(Boolean);
  (first?.tomselect?.control_input ?? first)?.focus();
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-print]')) window.print();
  });
}

function guard(event) {
  const form = event.target;
  if (form.method !== 'post') return;
  const open = openDoubt(form);
  if (open) {
    event.preventDefault();
    open.focus();
    return;
  }
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
}

function sendByKeys(event) {
  const form = event.target.form;
  const button = form?.querySelector('[data-send-ctrl-enter]');
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !button) return;
  event.preventDefault();
  form.requestSubmit(button);
}
