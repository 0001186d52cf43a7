// Menus and definitions: native popovers, placed under the button that opened them, walked with the arrow keys.

const GAP = 4;
const EDGE = 8;

export function startPopovers() {
  // "toggle" does not bubble, so it is caught on its way down; a page scroll leaves no menu behind.
  document.addEventListener('toggle', (event) => {
    if (event.newState === 'open' && event.target.matches('[popover]')) place(event.target);
  }, true);
  document.addEventListener('scroll', closeAll, { passive: true });
  window.addEventListener('resize', closeAll);
  document.addEventListener('keydown', walk);
  document.addEventListener('click', openDialog);
}

function place(box) {
  const button = document.querySelector(`[popovertarget="${box.id}"]:not([popovertargetaction="hide"])`);
  const from = visibleButton(box.id) ?? button;
  if (!from) return;
  const at = from.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const right = document.documentElement.clientWidth - EDGE;
  const left = box.dataset.align === 'end' ? at.right - size.width : at.left;
  const below = at.bottom + GAP;
  const fits = below + size.height <= window.innerHeight - EDGE;
  box.style.left = `${Math.max(EDGE, Math.min(left, right - size.width))}px`;
  box.style.top = `${fits ? below : Math.max(EDGE, at.top - GAP - size.height)}px`;
}

function visibleButton(id) {
  return [...document.querySelectorAll(`[popovertarget="${id}"]`)].find((button) => button.offsetParent && !button.closest('[popover]'));
}

function closeAll() {
  for (const box of document.querySelectorAll('[popover]:popover-open')) box.hidePopover();
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = document.querySelector('.menu:popover-open');
  if (!step || !menu) return;
  const items = [...menu.querySelectorAll('a, button')];
  const next = items.indexOf(document.activeElement) + step;
  items.at(next < 0 ? -1 : next % items.length)?.focus();
  event.preventDefault();
}

function openDialog(event) {
  const opener = event.target.closest('[data-dialog]');
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest('[data-dialog-close]')) event.target.closest('dialog')?.close();
}
