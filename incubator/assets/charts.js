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

const drawn = [...document.querySelectorAll('.chart[data-chart]')].map(start);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });

function start(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = init(box, null, { renderer: 'svg', locale: language === 'zh' ? 'ZH' : 'EN' });
  chart.on('click', (point) => {
    if (point.data?.url) location.assign(point.data.url);
  });
  new ResizeObserver(() => chart.resize()).observe(box);
  const draw = () => chart.setOption(KINDS[data.kind](data, colours(), box), { notMerge: true });
  draw();
  return draw;
}

function drawAll() {
  for (const draw of drawn) draw();
}
