import '../app/styles.css';
import { handOver, takeAnswer, WORDS } from './hand-over';

// First of all, before anything can fail: the answer leaves the address bar.
const answer = takeAnswer(window.location, window.history);

handOver(answer, (how) => {
  const { title, text } = WORDS[how];
  document.title = `${title} · Automator67`;
  const main = document.querySelector('main');
  if (main) main.dataset['state'] = how;
  const heading = document.querySelector('h1');
  if (heading) heading.textContent = title;
  const words = document.querySelector('main p');
  if (words) words.textContent = text;
});
