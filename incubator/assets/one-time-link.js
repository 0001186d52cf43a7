// A one-time link carries its token behind the #, which no server sees: here it becomes a form, and leaves the address.
export function startOneTimeLink() {
  const field = document.querySelector('[data-from-fragment]');
  if (!field || location.hash.length < 2) return;
  field.value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  field.form.requestSubmit();
}
