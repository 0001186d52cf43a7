// The doubts under a form: a tick falls off when what it was given for changes, and one press mends the field.

const asked = new WeakMap(); // doubt -> the values it was asked about

export function startDoubts() {
  for (const doubt of document.querySelectorAll('[data-doubt]')) asked.set(doubt, valuesOf(doubt));
  document.addEventListener('input', recheck);
  document.addEventListener('change', recheck);
  document.addEventListener('click', mend);
}

// The first doubt that waits for its tick.
export function openDoubt(form) {
  return form.querySelector('[data-doubt-tick]:not(:checked, :disabled)');
}

function valuesOf(doubt) {
  const { elements } = doubt.closest('form');
  return doubt.dataset.doubt.split(' ').map((name) => elements[name]?.value).join('\n');
}

// A changed value is asked about anew when the form is sent; put back as it was, it may be ticked again.
function recheck(event) {
  for (const doubt of event.target.form?.querySelectorAll('[data-doubt]') ?? []) {
    const changed = valuesOf(doubt) !== asked.get(doubt);
    const tick = doubt.querySelector('[data-doubt-tick]');
    if (changed) tick.checked = false;
    tick.disabled = changed;
    doubt.querySelector('[data-doubt-changed]').hidden = !changed;
  }
}

// "按万元 → 300,000.00 元": an amount is put in as a text that carries its own unit, so the form's switch stays as it is.
function mend(event) {
  const button = event.target.closest('[data-mends]');
  if (!button) return;
  const inputs = JSON.parse(button.dataset.mends).map(([name, text]) => {
    const input = button.form.elements[name];
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    return input;
  });
  (inputs.find((input) => !input.value) ?? inputs[0]).focus();
}
