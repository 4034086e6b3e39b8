// The page on a fake engine, for looking at screens without nodes: `npm run dev`, then
// /harness.html?scene=busy. Not an input of the build, so none of this is in the bundle.
import { createRoot } from 'react-dom/client';
import { App } from '../app/App';
import '../app/styles.css';
import { takeClaimLink } from '../app/claim-link';
import { createEngineStore } from '../engine/engine-store';
import { makeScene } from './scenes';

const scene = new URLSearchParams(location.search).get('scene') ?? 'busy';
const claim = takeClaimLink(location, history);
const path = new URLSearchParams(location.search).get('path') ?? '/';
history.replaceState(null, '', path);
const store = createEngineStore(() => Promise.resolve(makeScene(scene)));
store.start();
const root = document.getElementById('root');
if (!root) throw new Error('harness.html has no #root element.');
createRoot(root).render(<App store={store} claim={claim} />);
