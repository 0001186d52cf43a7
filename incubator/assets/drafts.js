// What was typed and not saved yet, kept in this browser for the same person and form: a closed tab or an expired sign-in
// loses nothing. It goes when the form is saved, when the person signs out, and after a week.
import { pickedOf, putPicked } from './combobox.js';
import { said } from './said.js';

const PREFIX = 'draft:';
const WEEK = 7 * 86_400_000;
const PAUSE = 400;
const PLACE = ['site', 'row']; // what of the address tells one form of a page from another
const UNKEPT = new Set(['hidden', 'password', 'file', 'submit', 'button']);

export function startDrafts() {
  forget((draft) => Date.now() - draft.at > WEEK);
  for (const saved of document.querySelectorAll('[data-saved-form]')) forget((draft) => draft.key === saved.dataset.savedForm);
  document.addEventListener('submit', (event) => {
    if (event.target.action.endsWith('/sign-out')) forget(() => true);
  });
  for (const place of document.querySelectorAll('[data-draft]')) keep(place);
}

function forget(outdated) {
  for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (outdated(read(name))) localStorage.removeItem(name);
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function keep(place) {
  const { form } = place.querySelector('button');
  const asked = new URLSearchParams(location.search);
  const name = `${PREFIX}${place.dataset.draft}:${location.pathname}${PLACE.flatMap((part) => asked.getAll(part))}`;
  const begun = JSON.stringify(valuesOf(form));
  const draft = localStorage.getItem(name) && read(name);
  let timer;
  const store = (sent) => {
    const values = valuesOf(form);
    clearTimeout(timer);
    if (!values.length || (!sent && JSON.stringify(values) === begun)) return;
    const at = Date.now();
    localStorage.setItem(name, JSON.stringify({ at, sent, key: form.elements.key.value, values }));
    say(form, `${said('draftKept')} ${clock(at)}`);
  };
  for (const kind of ['input', 'change']) {
    form.addEventListener(kind, () => {
      clearTimeout(timer);
      timer = setTimeout(store, PAUSE);
    });
  }
  form.addEventListener('submit', () => store(true));
  form.addEventListener('click', (event) => {
    if (!event.target.closest('[data-give-up]')) return;
    localStorage.removeItem(name); // it was entered before, by somebody or by this hand: nothing of it is wanted
    form.dataset.sent = 'yes';
  });
  window.addEventListener('pagehide', () => timer && !form.dataset.sent && store());
  if (!draft || draft.key === form.elements.key.value || JSON.stringify(draft.values) === begun) return;
  if (draft.sent) return restore(form, place, draft, said('draftBack'));
  offer(form, place, draft, name);
}

// A form that was sent and never answered as saved (the sign-in had expired) comes back filled; another is offered.
function offer(form, place, draft, name) {
  tell(place, `${said('draftKept')} ${clock(draft.at)}`);
  for (const button of place.querySelectorAll('button')) button.hidden = false;
  place.querySelector('[data-draft-restore]').addEventListener('click', () => restore(form, place, draft, said('draftBack')));
  place.querySelector('[data-draft-discard]').addEventListener('click', () => {
    localStorage.removeItem(name);
    place.hidden = true;
  });
}

function tell(place, text) {
  place.querySelector('[data-draft-text]').textContent = text;
  place.hidden = false;
}

function say(form, text) {
  const foot = form.querySelector('[data-draft-said]');
  if (foot) foot.textContent = text;
}

function clock(at) {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function fields(form) {
  const typed = [...form.elements].filter((field) => field.name && !UNKEPT.has(field.type) && !field.closest('[data-doubt]'));
  return typed.filter((field) => field.type !== 'radio' || field.checked);
}

function valuesOf(form) {
  return fields(form).map((field) => {
    const value = field.type === 'checkbox' ? field.checked : field.value;
    return [field.name, value, field.dataset.pick ? pickedOf(field) : (field.selectedOptions?.[0]?.textContent.trim() ?? '')];
  });
}

// `more`: of a choice what it was called, of a tenant its number and what stood beside it.
// The key of the form comes back with its content: if it was saved after all, saving it again books nothing twice.
function restore(form, place, draft, text) {
  for (const [name, value, more] of draft.values) put(form.elements[name], value, more);
  form.elements.key.value = draft.key;
  for (const button of place.querySelectorAll('button')) button.hidden = true;
  tell(place, text);
  const first = form.querySelector('[data-focus-first]');
  (first?.tomselect?.control_input ?? first)?.focus();
}

function put(field, value, more) {
  if (!field) return;
  if (field.dataset?.pick) {
    putPicked(field, value, ...more);
    return;
  }
  if (field.tomselect) {
    field.tomselect.addOption({ value, text: more });
    field.tomselect.setValue(value);
    return;
  }
  if (field.type === 'checkbox') field.checked = value;
  else field.value = value;
  const element = field instanceof RadioNodeList ? field[0] : field;
  for (const kind of ['input', 'change']) element.dispatchEvent(new Event(kind, { bubbles: true }));
}
