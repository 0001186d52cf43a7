// What pointing shows: built as nodes, because the content policy forbids the styled text that the library would write.
import { exactYuan } from './chart-units.js';
import { said } from './said.js';

export function monthTip(data, parts, at, totals) {
  const month = data.months[at];
  const lines = parts.map((part) => line(part.label, exactYuan(part.fen[at] ?? 0)));
  if (totals) lines.push(line(said('total'), exactYuan(totals[at]), 'tip-total'));
  const title = node('div', 'tip-title', month.part ? `${month.title} · ${month.part === true ? said('partMonth') : month.part}` : month.title);
  return boxed([title, ...lines, node('div', 'tip-note', said('clickOpens'))]);
}

export function itemTip(item) {
  const value = item.fen === undefined ? item.text : exactYuan(item.fen);
  return boxed([node('div', 'tip-title', item.label), line(value, item.share ?? '')]);
}

function boxed(children) {
  const box = node('div', 'chart-tip', '');
  box.append(...children);
  return box;
}

function line(name, value, extra = '') {
  const row = node('div', `tip-line ${extra}`.trim(), '');
  row.append(node('span', '', name), node('span', 'tip-value', value));
  return row;
}

function node(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}
