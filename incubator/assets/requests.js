// htmx under the content policy: the form token goes along, and an expired sign-in leads to the sign-in page.
import htmx from 'htmx.org';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

document.addEventListener('htmx:config:request', (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const { request } = event.detail.ctx;
  if (token && WRITES.has(request.method?.toUpperCase())) request.headers['X-CSRFToken'] = token;
});

// At once: by itself it waits for its turn, and what is typed until then would ask for nothing.
htmx.process(document.body);
