// What takes longer than a moment says so: a bar at the head of the page while the next page or a part of it is on its way.

const PATIENCE_MS = 500;
const FILE = /\.(xlsx|csv|zip|json)$/;

let waiting = 0;

export function startProgress() {
  document.addEventListener('click', (event) => {
    if (leaves(event)) begin();
  });
  document.addEventListener('submit', (event) => {
    if (!event.defaultPrevented && event.target.method !== 'dialog') begin();
  });
  window.addEventListener('pageshow', end);
  window.addEventListener('pagehide', end);
  document.addEventListener('htmx:before:request', begin);
  for (const kind of ['htmx:finally:request', 'htmx:error']) document.addEventListener(kind, end);
}

// A press that opens another page in this window; downloads and new tabs leave the page where it is.
function leaves(event) {
  const link = event.target.closest?.('a[href]');
  const elsewhere = event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || link.target || link.hasAttribute('download') || FILE.test(link.pathname)) return false;
  return link.origin === location.origin && `${link.pathname}${link.search}` !== `${location.pathname}${location.search}`;
}

function begin() {
  clearTimeout(waiting);
  waiting = setTimeout(() => document.body.classList.add('busy'), PATIENCE_MS);
}

function end() {
  clearTimeout(waiting);
  document.body.classList.remove('busy');
}
