// The read-back beside an amount while it is typed, and the unit switch of a form.
import { readAmount, readings } from './amounts.js';
import { language, said } from './said.js';

const EQUALS = language === 'zh' ? ' ＝ ' : ' = ';

export function startReadBack() {
  document.addEventListener('input', (event) => {
    if (event.target.matches('[data-amount]')) show(event.target);
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-amount-unit]')) switchUnit(event.target.form);
  });
  for (const input of document.querySelectorAll('[data-amount]')) {
    if (input.value) show(input);
  }
}

function factorOf(form) {
  const chosen = form?.querySelector('[data-amount-unit]:checked, select[data-amount-unit]');
  const option = chosen?.selectedOptions?.[0] ?? chosen;
  return { factor: option?.dataset.factor ?? '1', name: option?.dataset.name };
}

function show(input) {
  const place = document.getElementById(input.dataset.amount);
  const amount = readAmount(input.value, factorOf(input.form).factor);
  place.classList.toggle('wrong', Boolean(amount?.fault));
  input.parentElement.querySelector('[data-amount-unit-name]').classList.toggle('overruled', Boolean(amount?.unit));
  place.replaceChildren(...(amount?.fault ? [said(amount.fault)] : amount ? lines(input, amount) : []));
}

function lines(input, amount) {
  const [exact, ...others] = readings(amount.fen);
  const strong = document.createElement('strong');
  strong.textContent = exact;
  const own = amount.unit ? `  ${said('readAs')} “${amount.unit}”` : '';
  return [EQUALS.trimStart(), strong, ...others.map((other) => EQUALS + other), shareOf(input, amount.fen), own];
}

// A part beside its whole: "占合同 83.3%".
function shareOf(input, fen) {
  const whole = input.form?.elements[input.dataset.amountWhole];
  const amount = whole && readAmount(whole.value, factorOf(input.form).factor);
  if (!amount?.fen || amount.fen <= 0n || fen < 0n) return '';
  const tenths = (fen * 2000n + amount.fen) / (2n * amount.fen);
  return `  ${said('ofWhole')} ${tenths / 10n}.${tenths % 10n}${said('percent')}`;
}

// The typed digits stay as they are; only what they mean changes, and that is shown by one flash.
function switchUnit(form) {
  const { name } = factorOf(form);
  for (const unit of form.querySelectorAll('[data-amount-unit-name]')) unit.textContent = name;
  for (const input of form.querySelectorAll('[data-amount]')) {
    show(input);
    const place = document.getElementById(input.dataset.amount);
    place.classList.remove('flash-once');
    requestAnimationFrame(() => place.classList.add('flash-once'));
  }
}
