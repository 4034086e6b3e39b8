// Addresses are relative: behind a gateway the guestbook may live below a prefix such as /@guestbook/.
const list = document.querySelector('#messages');
const empty = document.querySelector('#empty');
const badge = document.querySelector('#replica');
const form = document.querySelector('#form');
const error = document.querySelector('#error');
const shown = new Set();

function show(message) {
  if (shown.has(message.id)) return;
  shown.add(message.id);
  const item = document.createElement('li');
  const words = document.createElement('p');
  words.textContent = message.text;
  const about = document.createElement('small');
  const time = new Date(message.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  about.textContent = `${message.name}, ${time}, in the book of ${message.replica}`;
  item.append(words, about);
  list.prepend(item);
  empty.hidden = true;
}

function complain(text) {
  error.textContent = text;
  error.hidden = text === '';
}

async function load() {
  const response = await fetch('api/messages');
  if (!response.ok) throw new Error(`the guestbook answered ${response.status}`);
  const { replica, node, messages } = await response.json();
  badge.textContent = replica;
  badge.title = `answered by replica ${replica} on ${node}`;
  messages.forEach(show);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  complain('');
  const body = JSON.stringify({ name: form.elements.name.value, text: form.elements.text.value });
  try {
    const response = await fetch('api/messages', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    show(answer);
    form.elements.text.value = '';
  } catch (reason) {
    complain(`Your message was not taken: ${reason.message}`);
  }
});

load().catch((reason) => complain(`The messages could not be loaded: ${reason.message}`));
new EventSource('events').addEventListener('message', (event) => show(JSON.parse(event.data)));
