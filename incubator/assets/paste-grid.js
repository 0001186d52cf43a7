// Rows from a spreadsheet, pasted into a grid under the titles of a sheet or under their own; cells are typed and mended there.
// What is sent is the text that the plain box, which stands here without a script, would have sent.
import { rowsOf, textOf } from './pasted-text.js';
import { said } from './said.js';

const BLANK_ROWS = 8;
const DRAWN_ROWS = 200; // at a time: a page of twenty thousand boxes would stand still
const SEARCHED_ROWS = 10;
const LEAST_TITLES = 2;
const [LEAST_COLS, MOST_COLS] = [10, 36];

export function startPasteGrids() {
  for (const form of document.querySelectorAll('[data-paste-grid]')) start(form);
}

function start(form) {
  const part = (name) => form.querySelector(`[data-grid-${name}]`);
  const grid = { form, part, sheet: part('sheet'), plain: part('plain'), drawn: DRAWN_ROWS, before: null };
  for (const element of form.querySelectorAll('[data-grid-scripted]')) element.hidden = false;
  grid.plain.closest('[data-grid-unscripted]').hidden = true;
  clear(grid);
  grid.sheet.addEventListener('change', () => keep(grid, () => put(grid, { titles: titlesOf(sheetOf(grid)), above: [] })));
  part('box').addEventListener('paste', (event) => paste(grid, event));
  part('box').addEventListener('input', (event) => typed(grid, event.target));
  part('box').addEventListener('keydown', (event) => press(grid, event));
  part('more').addEventListener('click', () => put(grid, { drawn: grid.drawn + DRAWN_ROWS }));
  part('clear').addEventListener('click', () => keep(grid, () => clear(grid)));
  part('undo').addEventListener('click', () => undo(grid));
  form.addEventListener('submit', () => { grid.plain.value = sent(grid); });
}

// ── what it holds ────────────────────────────────────────────────────────────────────────────────────────────────────

const sheetsOf = (grid) => [...grid.form.querySelectorAll('template[data-sheet]')];
const sheetOf = (grid) => sheetsOf(grid).find((one) => one.dataset.sheet === grid.sheet.value);
const headsOf = (sheet) => [...sheet.content.querySelectorAll('[data-title]')];
const titlesOf = (sheet) => headsOf(sheet).map((head) => head.dataset.title);
const firstNumber = (grid) => grid.above.length + 2; // as the preview counts: what stands above, the titles, the rows
const isBlank = (row) => row.every((cell) => !cell.trim());

function clear(grid) {
  put(grid, { titles: titlesOf(sheetOf(grid)), above: [], rows: [], drawn: DRAWN_ROWS });
}

function put(grid, change) {
  Object.assign(grid, change);
  while (grid.rows.length < BLANK_ROWS) grid.rows.push([]);
  draw(grid);
}

// Whatever changes many cells at once can be taken back by one press.
function keep(grid, change) {
  const { titles, above, rows, sheet } = grid;
  const before = { titles, above, rows: rows.map((row) => [...row]), value: sheet.value };
  change();
  grid.before = before;
  grid.part('undo').hidden = false;
}

function undo(grid) {
  const { value, ...before } = grid.before;
  grid.sheet.value = value;
  put(grid, before);
  grid.part('undo').hidden = true;
  tell(grid, '');
  boxAt(grid, 0, 0).focus();
}

function sent(grid) {
  const rows = [...grid.rows];
  while (rows.length && isBlank(rows.at(-1))) rows.pop();
  return rows.length ? textOf([...grid.above, grid.titles, ...rows]) : '';
}

// ── pasted ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function paste(grid, event) {
  const box = event.target.closest('textarea');
  const text = event.clipboardData.getData('text/plain');
  const block = rowsOf(text);
  if (!box || (block.length === 1 && block[0].length === 1)) return; // one text goes into its cell as anywhere
  event.preventDefault();
  if (text.length > Number(grid.form.dataset.longest)) tell(grid, said('pasteTooLong'));
  else if (!underOwnTitles(grid, block)) fill(grid, block, box);
}

// Titles among the first rows: they stand as the head, whichever sheet was chosen; what is above them may name a unit.
function underOwnTitles(grid, block) {
  const found = block.slice(0, SEARCHED_ROWS).flatMap((row, at) => sheetsOf(grid).map((sheet) => ({ at, sheet, fits: fits(sheet, row) })));
  const best = found.reduce((one, other) => (other.fits > one.fits ? other : one));
  if (!best.fits) return false;
  keep(grid, () => {
    grid.sheet.value = best.sheet.dataset.sheet;
    put(grid, { above: block.slice(0, best.at), titles: block[best.at], rows: block.slice(best.at + 1), drawn: DRAWN_ROWS });
  });
  tell(grid, `${said('pastedRows').replace('{n}', block.length - best.at - 1)}${said('underOwnTitles')}`);
  boxAt(grid, 0, 0).focus();
  return true;
}

// How many cells of a row are titles of a sheet; 0 where they are not most of it.
function fits(sheet, row) {
  const known = new Set(headsOf(sheet).flatMap((head) => head.dataset.known.split('|').map(plain)));
  const cells = row.filter((cell) => cell.trim());
  const number = cells.filter((cell) => known.has(plain(cell))).length;
  return number >= LEAST_TITLES && 2 * number >= cells.length ? number : 0;
}

const plain = (title) => title.normalize('NFKC').replace(/\(.*?\)|[*:\s]/g, '').toLowerCase();

function fill(grid, block, box) {
  const [row, column] = placeOf(box);
  const over = column + Math.max(...block.map((one) => one.length)) - grid.titles.length;
  if (over > 0) {
    tell(grid, said('pasteTooWide').replace('{n}', over));
    return;
  }
  keep(grid, () => {
    block.forEach((cells, down) => cells.forEach((cell, along) => set(grid, row + down, column + along, cell)));
    put(grid, { drawn: Math.max(grid.drawn, row + 1) });
  });
  tell(grid, said('pastedRows').replace('{n}', block.length));
  boxAt(grid, row, column).focus();
}

function set(grid, row, column, text) {
  while (grid.rows.length <= row) grid.rows.push([]);
  const cells = grid.rows[row];
  while (cells.length < column) cells.push('');
  cells[column] = text;
}

function tell(grid, text) {
  grid.part('said').textContent = text;
}

// ── drawn ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const letters = (number) => (number < 26 ? '' : letters(Math.floor(number / 26) - 1)) + String.fromCharCode(65 + (number % 26));

function draw(grid) {
  const widest = Math.max(grid.titles.length, ...grid.rows.map((row) => row.length));
  grid.titles = Array.from({ length: widest }, (_, at) => grid.titles[at] ?? '');
  const declared = new Map(headsOf(sheetOf(grid)).map((one) => [one.dataset.title, one]));
  grid.widths = grid.titles.map((title, at) => widthOf(grid, at, Number(declared.get(title)?.dataset.cols ?? LEAST_COLS)));
  const table = grid.part('table');
  table.tHead.replaceChildren(head(grid, declared));
  table.tBodies[0].replaceChildren(...grid.rows.slice(0, grid.drawn).map((_, row) => line(grid, row)));
  note(grid);
}

// As wide as its texts, a Han character counting for two, within limits.
function widthOf(grid, at, declared) {
  const texts = grid.rows.slice(0, grid.drawn).flatMap((row) => (row[at] ?? '').split('\n'));
  const longest = Math.max(...texts.map((text) => text.length + (text.match(/[^\x00-\xff]/g)?.length ?? 0)));
  return Math.max(declared, Math.min(longest + 4, MOST_COLS));
}

// What is not among the boxes: rows below them, and what was pasted from above the titles.
function note(grid) {
  const over = grid.rows.length - grid.drawn;
  grid.part('rest').hidden = over <= 0;
  grid.part('rest-said').textContent = said('restIsSent').replace('{n}', over);
  const above = grid.above.map((row) => row.filter(Boolean).join(' ')).join('；');
  grid.part('above').textContent = above;
  grid.part('above').hidden = !above;
}

function head(grid, declared) {
  const row = document.createElement('tr');
  row.append(make('th', { scope: 'col' }, make('span', { className: 'visually-hidden', textContent: said('row') })));
  row.append(...grid.titles.map((title, at) => headOf(title, at, declared.get(title))));
  return row;
}

function headOf(title, at, declared) {
  const cell = declared?.cloneNode(true) ?? make('th', { scope: 'col', textContent: title });
  cell.prepend(make('span', { className: 'paste-letter', textContent: letters(at) }), ' ');
  return cell;
}

function line(grid, row) {
  const element = make('tr', {}, make('th', { scope: 'row', textContent: firstNumber(grid) + row }));
  element.append(...grid.titles.map((title, column) => make('td', {}, boxOf(grid, row, column, title))));
  return element;
}

const linesOf = (text) => Math.min(text.split('\n').length, 4);

function boxOf(grid, row, column, title) {
  const value = grid.rows[row][column] ?? '';
  const box = make('textarea', { value, rows: linesOf(value), cols: grid.widths[column], spellcheck: false });
  Object.assign(box.dataset, { row, column });
  box.setAttribute('aria-label', `${letters(column)}${firstNumber(grid) + row} ${title}`);
  return box;
}

function make(name, given, ...inside) {
  const element = Object.assign(document.createElement(name), given);
  element.append(...inside);
  return element;
}

// ── typed ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const placeOf = (box) => [Number(box.dataset.row), Number(box.dataset.column)];
const boxAt = (grid, row, column) => grid.part('table').tBodies[0].rows[row]?.cells[column + 1]?.firstChild;

function typed(grid, box) {
  const [row, column] = placeOf(box);
  set(grid, row, column, box.value);
  box.rows = linesOf(box.value);
  if (row === grid.rows.length - 1) lengthen(grid);
}

function lengthen(grid) {
  grid.rows.push([]);
  grid.drawn = Math.max(grid.drawn, grid.rows.length);
  grid.part('table').tBodies[0].append(line(grid, grid.rows.length - 1));
}

function press(grid, event) {
  const box = event.target.closest('textarea');
  if (!box || event.isComposing || event.ctrlKey || event.metaKey) return; // the keys of an input method are its own
  if (event.key === 'Escape') grid.part('send').focus(); // out of the grid without a hundred tabs
  else if (event.key === 'Enter' && event.altKey) breakLine(box);
  else if (!move(grid, event, box)) return;
  event.preventDefault();
}

function breakLine(box) {
  box.setRangeText('\n', box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

function move(grid, event, box) {
  const step = stepOf(event, box);
  if (!step) return false;
  const [row, column] = placeOf(box);
  if (event.key === 'Enter' && !event.shiftKey && row === grid.rows.length - 1) lengthen(grid);
  const next = boxAt(grid, row + step[0], column + step[1]);
  next?.focus();
  next?.select();
  return Boolean(next) || event.key === 'Enter';
}

// An arrow leaves a cell from the edge of its text, or while all of it is marked, as after a move.
function stepOf(event, box) {
  if (event.key === 'Enter') return [event.shiftKey ? -1 : 1, 0];
  if (event.shiftKey || event.altKey) return null;
  const { value, selectionStart: start, selectionEnd: end } = box;
  const whole = start === 0 && end === value.length;
  const steps = {
    ArrowUp: [whole || !value.slice(0, start).includes('\n'), [-1, 0]],
    ArrowDown: [whole || !value.slice(end).includes('\n'), [1, 0]],
    ArrowLeft: [whole || (start === end && start === 0), [0, -1]],
    ArrowRight: [whole || (start === end && end === value.length), [0, 1]],
  };
  const [leaves, step] = steps[event.key] ?? [];
  return leaves ? step : null;
}
