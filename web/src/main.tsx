import { connect } from '@automator67/worker';
import { startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { takeClaimLink } from './app/claim-link';
import { lookForDatabase } from './app/fresh-device';
import { createEngineStore } from './engine/engine-store';
import './app/styles.css';

// First of all, before anything can fail: the claim codes leave the address bar.
const claim = takeClaimLink(window.location, window.history);
const store = createEngineStore(connect);
const looked = lookForDatabase();
void looked.then(store.start);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root element.');
// In slices: whoever types or clicks meanwhile is heard.
startTransition(() => createRoot(root).render(<App store={store} claim={claim} />));
