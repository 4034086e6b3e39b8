// A guestbook: messages, live updates, and the name of the replica that answered.
//
// Each replica keeps its own messages, in memory and in a file in HOME, so they outlive a restart of that replica. To
// share them between replicas an app needs a database; here the point is to see who answers.
import express from 'express';
import helmet from 'helmet';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const messagesMax = 200;
const listenersMax = 500;
const slowMsMax = 60_000;
const replica = process.env.A67_REPLICA ?? 'local';
const node = process.env.A67_NODE ?? 'this machine';
const file = join(process.env.HOME ?? '.', 'guestbook.json');
const folder = dirname(fileURLToPath(import.meta.url));

const messages = load();
const listeners = new Set();

function load() {
  try {
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(saved) ? saved.slice(-messagesMax) : [];
  } catch {
    return [];
  }
}

function save() {
  try {
    writeFileSync(file, JSON.stringify(messages));
  } catch (error) {
    console.error(`cannot save the messages: ${error.message}`);
  }
}

function text(value, lengthMax) {
  return typeof value === 'string' ? value.trim().slice(0, lengthMax) : '';
}

const app = express();
app.disable('x-powered-by');
app.use(
  helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  }),
);
app.use((request, response, next) => {
  response.set('X-Replica', replica);
  next();
});

app.get('/healthz', (request, response) => {
  response.type('text').send('ok');
});

app.get('/api/messages', (request, response) => {
  response.set('Cache-Control', 'no-store').json({ replica, node, messages });
});

app.post('/api/messages', express.json({ limit: '16kb' }), (request, response) => {
  const name = text(request.body?.name, 40) || 'Somebody';
  const words = text(request.body?.text, 500);
  if (words === '') {
    response.status(400).json({ error: 'A message needs a text.' });
    return;
  }
  const message = { id: randomUUID(), name, text: words, at: Date.now(), replica };
  messages.push(message);
  if (messages.length > messagesMax) messages.shift();
  save();
  for (const listener of listeners) listener.write(`data: ${JSON.stringify(message)}\n\n`);
  response.status(201).json(message);
});

// New messages of this replica, as they come (server-sent events).
app.get('/events', (request, response) => {
  if (listeners.size >= listenersMax) {
    response.status(503).set('Retry-After', '5').send('Too many listeners.');
    return;
  }
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  response.write(`event: hello\ndata: ${JSON.stringify({ replica, node })}\n\n`);
  listeners.add(response);
  const beat = setInterval(() => response.write(': still here\n\n'), 15_000);
  request.on('close', () => {
    clearInterval(beat);
    listeners.delete(response);
  });
});

// An answer that takes its time, to see what becomes of requests under way when a replica stops.
app.get('/slow', (request, response) => {
  const wanted = Number(request.query.ms ?? 3000);
  const ms = Number.isFinite(wanted) ? Math.min(Math.max(wanted, 0), slowMsMax) : 3000;
  const timer = setTimeout(() => response.json({ replica, ms }), ms);
  request.on('close', () => clearTimeout(timer));
});

app.use(express.static(join(folder, 'public'), { index: 'index.html', redirect: false }));

app.use((request, response) => {
  response.status(404).type('text').send('There is no such page in the guestbook.\n');
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`guestbook replica ${replica} listens on port ${server.address().port}`);
});
// The gateway keeps connections for reuse: we must not be the first to close them.
server.keepAliveTimeout = 75_000;

process.on('SIGTERM', () => {
  console.log('finishing what is under way');
  for (const listener of listeners) listener.end();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
