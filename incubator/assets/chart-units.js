// The one unit of a chart, from its largest value; pointing at something always shows the exact yuan.
import { language } from './said.js';

const SCALES = {
  zh: [{ fen: 1e10, name: '亿元' }, { fen: 1e6, name: '万元' }, { fen: 100, name: '元' }],
  en: [{ fen: 1e8, name: 'million yuan' }, { fen: 1e5, name: 'thousand yuan' }, { fen: 100, name: 'yuan' }],
};
const ENOUGH = 2;

export function scaleFor(amounts) {
  const largest = Math.max(0, ...amounts.map((fen) => Math.abs(fen ?? 0)));
  return SCALES[language].find((scale) => largest >= ENOUGH * scale.fen) ?? SCALES[language].at(-1);
}

export function scaled(fen, scale) {
  return fen === null || fen === undefined ? null : fen / scale.fen;
}

// A number of JavaScript holds whole fen exactly up to 90 trillion yuan.
export function exactYuan(fen) {
  const whole = Math.abs(fen);
  const text = `${fen < 0 ? '-' : ''}${Math.trunc(whole / 100).toLocaleString('en-US')}.${String(whole % 100).padStart(2, '0')}`;
  return language === 'zh' ? `${text} 元` : `CNY ${text}`;
}
