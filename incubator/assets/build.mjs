// Bundles the front end into incubator/static/dist: hashed files, manifest.json (plain name -> hashed name), .gz and .br beside.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { build } from 'esbuild';

// Names of https://tabler.io/icons (outline); a template draws one with <use href="...icons.svg#i-NAME">.
const ICONS = [
  'alert-triangle', 'arrow-back-up', 'arrow-right', 'arrows-exchange', 'building', 'building-community', 'calendar',
  'chart-bar', 'check', 'chevron-down', 'chevron-left', 'chevron-right', 'chevron-up', 'circle-check', 'clock', 'coins',
  'copy', 'download', 'edit', 'eye', 'file-invoice', 'file-spreadsheet', 'filter', 'history', 'home', 'info-circle',
  'key', 'language', 'list', 'lock', 'login', 'logout', 'map-pin', 'menu-2', 'moon', 'plus', 'printer', 'refresh',
  'report-money', 'rocket', 'search', 'selector', 'settings', 'sun', 'table', 'trash', 'trending-up', 'upload', 'user',
  'users', 'users-group', 'x',
];
const ENTRY_POINTS = ['app.js', 'charts.js', 'app.css'];
const SMALLEST_WORTH_COMPRESSING = 1000;

const assets = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(assets, '../..');
const dist = path.join(root, 'incubator/static/dist');
fs.mkdirSync(path.dirname(dist), { recursive: true });
const fresh = fs.mkdtempSync(`${dist}.`);

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ENTRY_POINTS.map((name) => path.join(assets, name)),
    entryNames: '[name]-[hash]',
    outdir: fresh,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    loader: { '.svg': 'dataurl', '.woff2': 'file' },
    legalComments: 'linked',
    logLevel: 'warning',
    metafile: true,
  });
  const entries = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return Object.fromEntries(entries.map(([file, output]) => [path.basename(output.entryPoint), path.basename(file)]));
}

function symbol(name) {
  const file = path.join(root, `node_modules/@tabler/icons/icons/outline/${name}.svg`);
  if (!fs.existsSync(file)) throw new Error(`There is no Tabler icon called "${name}".`);
  const inner = fs.readFileSync(file, 'utf8').match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, '');
  const stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="i-${name}" viewBox="0 0 24 24" ${stroke}>${inner}</symbol>`;
}

function sprite() {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${ICONS.map(symbol).join('')}</svg>`;
  const name = `icons-${createHash('sha256').update(svg).digest('hex').slice(0, 8).toUpperCase()}.svg`;
  fs.writeFileSync(path.join(fresh, name), svg);
  return { 'icons.svg': name };
}

function compress(file) {
  const content = fs.readFileSync(file);
  if (content.length < SMALLEST_WORTH_COMPRESSING || /\.(txt|json|woff2)$/.test(file)) return;
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }));
  fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(content));
}

// Built beside and swapped in whole: a build that fails leaves the last good one in place.
try {
  const manifest = { ...(await bundle()), ...sprite() };
  for (const name of fs.readdirSync(fresh)) compress(path.join(fresh, name));
  fs.writeFileSync(path.join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  fs.chmodSync(fresh, 0o755);
  fs.rmSync(dist, { recursive: true, force: true });
  fs.renameSync(fresh, dist);
} finally {
  fs.rmSync(fresh, { recursive: true, force: true });
}
