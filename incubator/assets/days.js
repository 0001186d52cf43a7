// Days as people type them: read back with their weekday while typing, or picked from the browser's own calendar.
import { language, said } from './said.js';

const SHAPES = [/^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?$/, /^(\d{4})(\d{2})(\d{2})$/];
const SHORT = [/^(\d{1,2})[-/.月](\d{1,2})[日号]?$/, /^(\d{2})(\d{2})$/];
const BACK = { 今天: 0, today: 0, 昨天: 1, yesterday: 1, 前天: 2 };

export function startDays() {
  document.addEventListener('input', (event) => event.target.matches('[data-day]') && show(event.target));
  document.addEventListener('change', (event) => event.target.matches('[data-day=""]') && settle(event.target));
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-pick]');
    if (button) pick(document.getElementById(button.dataset.pick));
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' || !event.altKey || !event.target.matches('[data-day]')) return;
    event.preventDefault();
    pick(event.target);
  });
  for (const input of document.querySelectorAll('[data-day]')) if (input.value) show(input);
}

// Today in Shanghai, whatever the clock on the desk says of its zone; as a day at midnight UTC.
function today() {
  return new Date(new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date()));
}

// For guidance only, by the rules of the server: a day without a year is the latest such day that is not to come.
export function readDay(text) {
  const plain = text.normalize('NFKC').replace(/\s/g, '').toLowerCase();
  if (plain in BACK) return earlier(BACK[plain]);
  const full = SHAPES.map((shape) => shape.exec(plain)).find(Boolean);
  if (full) return existing(+full[1], +full[2], +full[3]);
  const short = SHORT.map((shape) => shape.exec(plain)).find(Boolean);
  if (!short) return null;
  const year = today().getUTCFullYear();
  const years = Array.from({ length: 9 }, (_, back) => existing(year - back, +short[1], +short[2]));
  return years.find((day) => day && day <= today()) ?? null;
}

function earlier(days) {
  return new Date(today().getTime() - days * 86_400_000);
}

function existing(year, month, day) {
  const found = new Date(Date.UTC(year, month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day ? found : null;
}

function show(input) {
  if (!input.dataset.day) return input.setCustomValidity('');
  const place = document.getElementById(input.dataset.day);
  const day = readDay(input.value);
  const month = day && JSON.parse(input.dataset.months ?? '{}')[written(day).slice(0, 7).replace('-', '')];
  place.classList.toggle('wrong', Boolean(month?.closed));
  if (!day) return place.replaceChildren();
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(day);
  const read = written(day) === input.value.trim() ? weekday : `＝ ${written(day)} ${weekday}`;
  place.textContent = month ? `${read} · ${month.text}` : read;
}

const written = (day) => day.toISOString().slice(0, 10);

// In an address a day must mean the same tomorrow: "今天" is written out before it goes there.
function settle(input) {
  const day = readDay(input.value);
  if (day) input.value = written(day);
  const early = !day || !input.dataset.latest || written(day) <= input.dataset.latest;
  input.setCustomValidity(input.value.trim() && !day ? said('notADay') : early ? '' : said('dayToCome'));
}

// The browser's calendar hangs under the field; what is picked is typed into it.
function pick(input) {
  const native = document.createElement('input');
  Object.assign(native, { type: 'date', className: 'date-native', tabIndex: -1 });
  native.setAttribute('aria-label', said('pickDay'));
  const day = readDay(input.value);
  native.value = day ? written(day) : '';
  native.max = input.dataset.latest ?? '';
  input.after(native);
  native.addEventListener('change', () => {
    input.value = native.value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  native.addEventListener('blur', () => native.remove());
  native.focus();
  native.showPicker();
}
