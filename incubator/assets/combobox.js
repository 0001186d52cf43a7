// Boxes whose list the server fills as one types (input[role=combobox]): arrows walk it, Enter takes, Esc closes.
// In the frame an option is a link; in a form (data-pick) it is a tenant, whose number goes into a hidden field.

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

export function startComboboxes() {
  document.addEventListener('keydown', press);
  document.addEventListener('input', typed);
  document.addEventListener('htmx:after:swap', filled);
  document.addEventListener('focusout', (event) => isBox(event.target) && close(event.target));
  document.addEventListener('focusin', (event) => {
    if (event.target.matches('.pick')) event.target.querySelector('input').focus(); // where a problem leads to
  });
  document.addEventListener('mousedown', (event) => {
    if (event.target.closest('.hits')) event.preventDefault(); // the box keeps the focus
  });
  document.addEventListener('click', (event) => {
    const option = event.target.closest('.hits [role=option][data-value]');
    if (option) pick(boxOf(option.closest('.hits')), option);
  });
  const box = document.activeElement; // somebody was quicker than this script
  if (isBox(box) && box.value.trim() && !hiddenOf(box)?.value) box.dispatchEvent(new Event('input', { bubbles: true }));
}

const isBox = (element) => element instanceof Element && element.matches('[role=combobox][aria-controls]');
const listOf = (box) => document.getElementById(box.getAttribute('aria-controls'));
const boxOf = (list) => document.querySelector(`[role=combobox][aria-controls="${list.id}"]`);
const optionsOf = (box) => [...listOf(box).querySelectorAll('[role=option]:not([aria-disabled])')];
const isOpen = (box) => box.getAttribute('aria-expanded') === 'true';
const activeOf = (box) => document.getElementById(box.getAttribute('aria-activedescendant'));

// Whether the list answers what stands in the box now, and not what stood there a moment ago.
function isCurrent(box) {
  const asked = listOf(box).querySelector('[data-asked]')?.dataset.asked;
  return asked !== undefined && asked === box.value.trim().slice(0, 100);
}

function filled(event) {
  const list = event.target.closest?.('.hits') ?? document.getElementById(event.detail?.ctx?.target?.id ?? '');
  const box = list?.matches('.hits') ? boxOf(list) : null;
  if (!box || box !== document.activeElement || !isCurrent(box)) return;
  if (box.value.trim()) open(box);
  else close(box);
}

function open(box) {
  listOf(box).hidden = false;
  box.setAttribute('aria-expanded', 'true');
  activate(box, optionsOf(box)[0]);
  document.getElementById('said-aloud').textContent = listOf(box).querySelector('[data-said]').dataset.said;
}

function close(box) {
  listOf(box).hidden = true;
  box.setAttribute('aria-expanded', 'false');
  activate(box, null);
}

function activate(box, option) {
  activeOf(box)?.setAttribute('aria-selected', 'false');
  if (!option) {
    box.removeAttribute('aria-activedescendant');
    return;
  }
  option.setAttribute('aria-selected', 'true');
  box.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function press(event) {
  const box = event.target;
  if (!isBox(box) || event.isComposing) return; // the keys of an input method are its own
  if (MOVES[event.key]) walk(event, box);
  else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) take(event, box);
  else if (event.key === 'Escape' && isOpen(box)) {
    event.preventDefault();
    close(box);
  } else if (event.key === 'Tab' && isOpen(box) && box.dataset.pick && isCurrent(box)) {
    const options = optionsOf(box);
    if (options.length === 1) pick(box, options[0]); // what means one tenant alone need not be confirmed
  }
}

function walk(event, box) {
  const options = optionsOf(box);
  if (!options.length || !isCurrent(box)) return;
  event.preventDefault();
  if (!isOpen(box)) {
    open(box);
    return;
  }
  const next = options.indexOf(activeOf(box)) + MOVES[event.key];
  activate(box, options.at(next % options.length));
}

function take(event, box) {
  const waiting = box.dataset.pick && box.value.trim() && !hiddenOf(box)?.value && !isCurrent(box);
  const option = isOpen(box) && isCurrent(box) ? activeOf(box) : null;
  if (waiting || option) event.preventDefault(); // nobody is taken who was not seen
  if (!option) return;
  if (box.dataset.pick) pick(box, option);
  else option.click();
}

function typed(event) {
  const box = event.target;
  if (!isBox(box)) return;
  if (!box.value.trim()) close(box);
  if (box.dataset.pick) set(box, '');
}

function pick(box, option) {
  putPicked(box, option.dataset.text, option.dataset.value, option.dataset.note);
  close(box);
}

// What a box of a form holds: the number of the tenant, and what stands beside its name.
export const pickedOf = (box) => [hiddenOf(box)?.value ?? '', hintOf(box)?.textContent ?? ''];

export function putPicked(box, text, value, note) {
  box.value = text;
  const hint = hintOf(box);
  if (hint) hint.textContent = note;
  set(box, value);
}

const hintOf = (box) => document.getElementById(`${box.dataset.pick}-hint`);
const hiddenOf = (box) => box.form.querySelector(`input[type=hidden][name="${box.dataset.pick}"]`);

// The number that is sent; what the server listed to choose from is answered by it.
function set(box, value) {
  box.form.querySelector('[data-pick-list]')?.remove();
  let hidden = hiddenOf(box);
  if (!hidden) {
    hidden = Object.assign(document.createElement('input'), { type: 'hidden', name: box.dataset.pick });
    box.after(hidden);
  }
  if (hidden.value === value) return;
  hidden.value = value;
  hidden.dispatchEvent(new Event('change', { bubbles: true }));
}
