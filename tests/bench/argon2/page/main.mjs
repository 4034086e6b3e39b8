// What the bench calls in the page. The product's own path is `derive`: a worker made for one derivation.
import { bytesOfText, base64urlOf } from '../../../../worker/src/bytes';
import { workerDeriver } from '../../../../worker/src/keyring/deriver';
import { keyringRunners } from '../../../../worker/src/keyring/effects';
import { Keyring } from '../../../../worker/src/keyring/keyring';

const deriver = workerDeriver();

function startPeer() {
  const worker = new Worker(new URL('./peer-worker.mjs', import.meta.url), { type: 'module' });
  const ask = (message) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(message);
    });
  return { ask, end: () => worker.terminate() };
}

async function timed(work) {
  const begin = performance.now();
  const result = await work();
  return { milliseconds: performance.now() - begin, result };
}

async function keyring() {
  const made = new Keyring({ deriver, deviceSecret: () => Promise.resolve(new Uint8Array(32)) });
  const ask = { secret: 0, kind: 'device', salt: new Uint8Array(16), argon2: null };
  const { publicKey } = await made.derive(ask);
  const { key } = await made.make([{ publicKey, ad: bytesOfText('bench') }]);
  const info = bytesOfText('bench');
  const sealing = await made.subkey({ key, salt: new Uint8Array(), info, use: 'seal' });
  return { made, sealing };
}

window.bench = {
  /** From nothing to a key, as the product does it. */
  derive: async (kib, passes) => {
    const ask = {
      kind: 'passphrase',
      secret: bytesOfText('correct horse battery staple'),
      salt: new Uint8Array(16),
      argon2: { memoryKib: kib, passes },
    };
    const { milliseconds, result } = await timed(() => deriver('derive', ask));
    return { milliseconds, key: [...result.seed].join() };
  },
  /** From nothing to a key with another library, in a worker of its own as well; then once more, warm. */
  peer: async (library, kib, passes) => {
    const { milliseconds: cold, result } = await timed(async () => {
      const peer = startPeer();
      return { peer, first: await peer.ask({ library, kib, passes }) };
    });
    const second = await result.peer.ask({ library, kib, passes });
    result.peer.end();
    return { cold, warm: second.milliseconds, key: second.key };
  },
  calibrate: () => deriver('calibrate', {}),
  /** Milliseconds per chunk: bare WebCrypto, through the keyring, and through its message. */
  seal: async (bytes, chunks) => {
    const { made, sealing } = await keyring();
    const runners = keyringRunners(made);
    const aes = { name: 'AES-GCM', length: 256 };
    const bare = await crypto.subtle.generateKey(aes, false, ['encrypt', 'decrypt']);
    const plain = new Uint8Array(bytes);
    const ad = bytesOfText('chunk 1');
    const text = base64urlOf(plain);
    const bareSeal = () => {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      return crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: ad }, bare, plain);
    };
    const ways = {
      bare: bareSeal,
      keyring: () => made.seal(sealing, [{ plain, ad }]),
      message: () => runners['key.seal']({ key: sealing, items: [{ plain: text, ad: '' }] }),
    };
    const { items } = await ways.message();
    const back = { key: sealing, items: [{ sealed: items[0], ad: '' }] };
    const opened = await runners['key.open_sealed'](back);
    if (opened.items[0].plain !== text) throw new Error('what was sealed does not open');
    const found = { bare: [], keyring: [], message: [] };
    for (const way of Object.values(ways)) await way();
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      for (const [name, way] of Object.entries(ways)) {
        found[name].push((await timed(way)).milliseconds);
      }
    }
    return found;
  },
};
