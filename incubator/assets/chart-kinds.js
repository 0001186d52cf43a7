// The kinds of charts, as functions from the server's data to the options of the chart library.
import { filled } from './chart-colours.js';
import { scaleFor, scaled } from './chart-units.js';
import { itemTip, monthTip } from './chart-tips.js';
import { said } from './said.js';

const STACK = getComputedStyle(document.body).fontFamily;
const BAND = 30;
const LABEL = 44;
const AXIS = 72;

export const KINDS = { 'stacked-months': stackedMonths, months, bars };

// data: {months: [{label, under, anchor, title, part}], parts: [{label, role, fen: [...], urls: [...]}], most}; the parts
// are disjoint; `most` (fen) is the reach of the axis where several charts are compared.
function stackedMonths(data, palette, box) {
  const totals = data.months.map((_, at) => data.parts.reduce((sum, part) => sum + (part.fen[at] ?? 0), 0));
  return columns(data, data.parts, palette, box, { stack: 'all', totals });
}

// data: {months: [...], series: [{label, role, below, fen: [...], urls: [...]}]}; what is `below` stands below zero.
function months(data, palette, box) {
  const series = data.series.map((part) => ({ ...part, drawn: part.below ? part.fen.map((fen) => -fen) : part.fen }));
  return columns(data, series, palette, box, { stack: 'signed', totals: null });
}

function columns(data, parts, palette, box, { stack, totals }) {
  const scale = scaleFor(data.most ? [data.most] : totals ?? parts.flatMap((part) => part.fen));
  return {
    ...shared(palette, data.summary),
    legend: legend(palette, parts.length > 1),
    grid: { left: 8, right: 12, top: (parts.length > 1 ? 60 : 36) * zoom(), bottom: 4, containLabel: true },
    tooltip: { ...tip(palette), trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: palette.muted, opacity: 0.08 } }, formatter: (points) => monthTip(data, parts, points[0].dataIndex, totals) },
    xAxis: { ...category(palette), data: data.months.map((month) => (month.under ? `${month.label}\n${month.under}` : month.label)), axisLabel: { ...label(palette), interval: rhythm(data.months, box) } },
    yAxis: { ...amountAxis(palette, scale, box), ...(data.most ? { max: scaled(data.most, scale) } : {}) },
    series: parts.map((part) => ({
      type: 'bar', name: part.label, stack, barMaxWidth: 32, barCategoryGap: '36%', cursor: 'pointer', itemStyle: filled(part.role, palette),
      emphasis: { focus: 'none' },
      data: (part.drawn ?? part.fen).map((fen, at) => ({
        value: scaled(fen, scale), url: part.urls?.[at], ...(data.months[at].part ? { itemStyle: partMonth(part.role, palette) } : {}),
      })),
    })),
  };
}

// Which months are named where there is no room for all: every nth, counted from the last January.
function rhythm(named, box) {
  const step = Math.max(1, Math.ceil((named.length * LABEL * zoom()) / (box.width - AXIS)));
  const anchor = Math.max(0, named.findLastIndex((month) => month.anchor));
  return (at) => (at - anchor) % step === 0;
}

// The month is not over: a dashed edge and a paler fill, so that it does not read as a fall.
function partMonth(role, palette) {
  return { ...filled(role, palette), opacity: 0.6, borderColor: palette.text, borderType: 'dashed', borderWidth: 1 };
}

// data: {items: [{label, count | fen, text, share, url}], role}; sorted by the server, at most eight and the others.
function bars(data, palette, box) {
  const items = [...data.items].reverse();
  const money = items.some((item) => item.fen !== undefined);
  const scale = money ? scaleFor(items.map((item) => item.fen)) : null;
  const width = Math.min(box.width * 0.34, 160 * zoom());
  return {
    ...shared(palette, data.summary),
    // Bars keep one rhythm from chart to chart, however many there are.
    grid: { left: 8, right: 136 * zoom(), top: 8, height: Math.min(items.length * BAND * zoom(), box.height - 16), containLabel: true },
    tooltip: { ...tip(palette), trigger: 'item', formatter: (point) => itemTip(items[point.dataIndex]) },
    xAxis: { type: 'value', show: false, min: 0 },
    yAxis: { ...category(palette), axisLine: { show: false }, data: items.map((item) => item.label), axisLabel: { ...label(palette), color: palette.text, width, overflow: 'truncate' } },
    series: [{
      type: 'bar', barMaxWidth: 18, barCategoryGap: '40%', cursor: 'pointer', itemStyle: filled(data.role, palette),
      label: { show: true, position: 'right', ...label(palette), color: palette.text, formatter: (point) => [items[point.dataIndex].text, items[point.dataIndex].share].filter(Boolean).join('  ') },
      data: items.map((item) => ({ value: money ? scaled(item.fen, scale) : item.count, url: item.url })),
    }],
  };
}

// The letters of a chart grow with those of the page (the view for a projector, a reader's own size).
function zoom() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function small() {
  return 13 * zoom();
}

function shared(palette, summary) {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: STACK, fontSize: small(), color: palette.text },
    aria: { enabled: true, label: summary ? { description: summary } : {}, decal: { show: false } },
  };
}

function label(palette) {
  return { color: palette.muted, fontSize: small(), fontFamily: STACK };
}

function legend(palette, show) {
  return { show, left: 8, top: 0, itemWidth: 14 * zoom(), itemHeight: 14 * zoom(), itemGap: 16, icon: 'rect', textStyle: { color: palette.text, fontSize: small() }, inactiveColor: palette.control, itemStyle: { borderWidth: 0 } };
}

function tip(palette) {
  return { backgroundColor: palette.card, borderColor: palette.line, borderWidth: 1, padding: 10, textStyle: { color: palette.text, fontSize: small() }, extraCssText: '', confine: true, transitionDuration: 0 };
}

function category(palette) {
  return { type: 'category', axisTick: { show: false }, axisLine: { lineStyle: { color: palette.control } } };
}

function amountAxis(palette, scale, box) {
  return {
    type: 'value', name: said('unit') + scale.name, nameLocation: 'end', nameGap: 12, nameTextStyle: { ...label(palette), align: 'left', padding: [0, 0, 0, -28] },
    splitNumber: box.height < 160 ? 2 : 4, splitLine: { lineStyle: { color: palette.line } }, axisLabel: { ...label(palette), formatter: (value) => value.toLocaleString('en-US') },
  };
}
