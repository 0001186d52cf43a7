// The script of pages with charts: reads each chart's data from the JSON beside it and draws it again when colours change.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, registerLocale, use } from 'echarts/core';
import english from 'echarts/lib/i18n/langEN.js';
import chinese from 'echarts/lib/i18n/langZH.js';
import { SVGRenderer } from 'echarts/renderers';
import { KINDS } from './chart-kinds.js';
import { colours } from './chart-colours.js';
import { language } from './said.js';

use([AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, TooltipComponent]);
registerLocale('EN', english);
registerLocale('ZH', chinese);

const PAPER = { whole: 1010, '.columns-2': 494, '.paper-thirds': 326, height: 124 };

const drawn = [...document.querySelectorAll('.chart[data-chart]')].map(start);

window.addEventListener('beforeprint', () => toPaper(true));
window.addEventListener('afterprint', () => toPaper(false));
matchMedia('print').addEventListener('change', (event) => toPaper(event.matches));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });

function start(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  let chart = null;
  new ResizeObserver(() => {
    if (!box.clientWidth) return;
    if (!chart) {
      begin();
      return;
    }
    chart.resize();
    draw();
  }).observe(box);
  // A chart out of sight has no size yet; it begins when it is unfolded, or when paper wants it.
  function begin(size = {}) {
    chart = init(box, null, { renderer: 'svg', locale: language === 'zh' ? 'ZH' : 'EN', ...size });
    chart.on('click', (point) => {
      if (point.data?.url) location.assign(point.data.url);
    });
    draw();
  }
  const draw = () => chart?.setOption(KINDS[data.kind](data, colours(), { width: chart.getWidth(), height: chart.getHeight() }), { notMerge: true });
  const fit = (paper) => {
    const size = paper && { width: paperWidth(box), height: PAPER.height };
    if (!chart && paper) begin(size);
    else if (paper || box.clientWidth) chart?.resize(size || undefined);
  };
  return { draw, fit };
}

function paperWidth(box) {
  return PAPER[['.paper-thirds', '.columns-2'].find((place) => box.closest(place)) ?? 'whole'];
}

function drawAll() {
  for (const { draw } of drawn) draw();
}

// Paper is white and of one width, whatever the screen was: drawn anew for it, and again for the screen afterwards.
function toPaper(paper) {
  const root = document.documentElement;
  if (paper) root.dataset.screenTheme ??= root.dataset.bsTheme;
  root.dataset.bsTheme = paper ? 'light' : (root.dataset.screenTheme ?? root.dataset.bsTheme);
  if (!paper) delete root.dataset.screenTheme;
  for (const { draw, fit } of drawn) {
    fit(paper);
    draw();
  }
}
