// Rows that load as one scrolls: the keyboard stays where it was, and the address keeps how many rows were there.

const MOST_SHOWN = 500;

export function startLoading() {
  let wasOnLink = '';
  document.addEventListener('htmx:before:swap', () => {
    wasOnLink = document.activeElement?.dataset?.moreRows ?? '';
  });
  document.addEventListener('htmx:after:swap', () => {
    const table = document.querySelector('.data tbody')?.closest('table');
    if (table && document.getElementById(`${table.id}-more`)) keep(table, wasOnLink);
    wasOnLink = '';
  });
}

// Whoever opened a row and comes back finds as many rows as before, and the browser finds its place again.
function keep(table, wasOnLink) {
  const rows = table.tBodies[0].rows.length;
  const address = new URL(location.href);
  const before = Number(address.searchParams.get('many') ?? 0);
  const added = rows - (table.dataset.rows ? Number(table.dataset.rows) : rows);
  table.dataset.rows = rows;
  if (rows <= MOST_SHOWN && rows > before && !address.searchParams.has('after')) {
    address.searchParams.set('many', rows);
    history.replaceState(history.state, '', address);
  }
  if (!wasOnLink || document.activeElement !== document.body) return;
  const next = document.querySelector(`#${wasOnLink}-more a`) ?? table.tBodies[0].rows[rows - Math.max(added, 1)]?.querySelector('a, input');
  next?.focus({ preventScroll: true });
}
