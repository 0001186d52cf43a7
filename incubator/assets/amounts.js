// Amounts as people type them, for guidance only: the server reads the text again by its own rules and decides.
import { language } from './said.js';

const LIMIT_FEN = 10n ** 13n;
const FACTORS = {
  元: 1n, 圆: 1n, yuan: 1n, rmb: 1n, cny: 1n, 千: 1000n, 千元: 1000n, 万: 10n ** 4n, 万元: 10n ** 4n, 萬元: 10n ** 4n,
  wan: 10n ** 4n, 百万: 10n ** 6n, 百万元: 10n ** 6n, million: 10n ** 6n, 亿: 10n ** 8n, 亿元: 10n ** 8n,
};
const BRACKETED = /^([¥￥]?)\(([¥￥]?[\d,.]+)\)([^\d(]*)$/; // accountants' (5) is -5
const SHAPE = /^([-+]?)(?:[¥￥]|rmb|cny|人民币)?([-+]?)(\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+|\d+)?(\.\d*)?([^\d.,]*)$/;

// Returns {fen, unit} with fen as BigInt (unit: what the text itself said), or {fault}, or null for an empty text.
export function readAmount(text, factor) {
  const folded = text.normalize('NFKC').toLowerCase().replace(/\s/g, '').replace(/[，、]/g, ',').replace(/[−－—]/g, '-');
  const plain = folded.replace(BRACKETED, '-$1$2$3');
  if (!plain) return null;
  const found = SHAPE.exec(plain);
  const digits = `${found?.[3] ?? ''}`.replace(/,/g, '');
  const decimals = (found?.[4] ?? '').slice(1);
  if (!found || !(digits || decimals)) return { fault: /\d,\d/.test(plain) ? 'separators' : 'notAnAmount' };
  const unit = found[5].replace(/[整正]$/, '');
  const scale = unit ? FACTORS[unit] : BigInt(factor);
  if (scale === undefined || (found[1] && found[2])) return { fault: 'notAnAmount' };
  return inFen(digits + decimals, decimals.length, scale, `${found[1]}${found[2]}`.includes('-'), unit);
}

function inFen(digits, places, scale, negative, unit) {
  const scaled = BigInt(digits || '0') * scale * 100n;
  const ten = 10n ** BigInt(places);
  if (scaled > LIMIT_FEN * ten) return { fault: 'tooLarge' };
  if (scaled % ten) return { fault: 'tooFine' };
  return { fen: (scaled / ten) * (negative ? -1n : 1n), unit };
}

export function grouped(fen) {
  const [sign, whole] = fen < 0n ? ['-', -fen] : ['', fen];
  return `${sign}${separated(whole / 100n)}.${String(whole % 100n).padStart(2, '0')}`;
}

function separated(whole) {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}

const DIGITS = '零壹贰叁肆伍陆柒捌玖';

export function capital(fen) {
  if (fen < 0n) return `负${capital(-fen)}`;
  const whole = fen / 100n;
  const [jiao, rest] = [Number((fen / 10n) % 10n), Number(fen % 10n)];
  const yuan = whole ? `${capitalWhole(whole)}元` : '';
  if (!jiao && !rest) return `${yuan || '零元'}整`;
  const tail = jiao ? `${DIGITS[jiao]}角` : yuan && '零';
  return yuan + tail + (rest ? `${DIGITS[rest]}分` : '');
}

function capitalWhole(whole) {
  for (const [size, name] of [[10n ** 8n, '亿'], [10n ** 4n, '万']]) {
    if (whole >= size) {
      const [high, low] = [whole / size, whole % size];
      const gap = low && (low < size / 10n || high % 10n === 0n) ? '零' : '';
      return capitalWhole(high) + name + gap + (low ? capitalWhole(low) : '');
    }
  }
  return capitalGroup(String(whole));
}

function capitalGroup(digits) {
  const places = ['仟', '佰', '拾', ''].slice(4 - digits.length);
  const text = [...digits].map((digit, at) => DIGITS[digit] + (digit === '0' ? '' : places[at])).join('');
  return text.replace(/零+/g, '零').replace(/零$/, '');
}

// The readings of an amount that betray a slip of ×10,000, none of them rounded: as `guarded` of values/display.py.
export function readings(fen) {
  if (language === 'zh') return [`${grouped(fen)} 元`, `${inUnits(fen, 10n ** 4n)} 万元`, capital(fen)];
  const large = fen >= 10n ** 8n || fen <= -(10n ** 8n);
  return [`CNY ${grouped(fen)}`, large ? `${inUnits(fen, 10n ** 6n)} million yuan` : `${inUnits(fen, 10n ** 3n)} thousand yuan`];
}

function inUnits(fen, yuan) {
  const [sign, size, whole] = [fen < 0n ? '-' : '', yuan * 100n, fen < 0n ? -fen : fen];
  const rest = String(whole % size).padStart(String(size).length - 1, '0').replace(/0+$/, '');
  return `${sign}${separated(whole / size)}${rest && `.${rest}`}`;
}
