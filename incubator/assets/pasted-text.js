// The text that spreadsheets copy: cells parted by tabs, those with line breaks in quotation marks. Read as the server reads it.

const CELL = /("(?:[^"]|"")*"|[^"\t\r\n][^\t\r\n]*|)(\t|\r\n|\n|\r|$)/y;

export function rowsOf(text) {
  const rows = quoted(text) ?? text.split(/\r\n|\n|\r/).map((line) => line.split('\t'));
  if (rows.length > 1 && rows.at(-1).join('') === '') rows.pop(); // the line feed at the end begins no row
  return rows;
}

// Quotation marks that close nothing are the text's own: null, and the text is cut at every line.
function quoted(text) {
  const rows = [[]];
  CELL.lastIndex = 0;
  for (;;) {
    const found = CELL.exec(text);
    if (!found) return null;
    const [, cell, end] = found;
    rows.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (!end) return rows;
    if (end !== '\t') rows.push([]);
  }
}

export function textOf(rows) {
  return rows.map((row) => row.map((cell) => (/["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join('\t')).join('\n');
}
