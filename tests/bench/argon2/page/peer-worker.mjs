// One library in a worker: {library, kib, passes} in, {milliseconds, key} out. Loading counts only for whoever
// measures from outside. Every library gives the same 32 bytes for the same input, or the bench fails.
import { argon2id } from 'hash-wasm';
import sodium from 'libsodium-wrappers-sumo';
import createKdf from '../../../../worker/src/kdf/kdf.mjs';

const PASSWORD = new TextEncoder().encode('correct horse battery staple');
const SALT = new Uint8Array(16);
const LABEL = new TextEncoder().encode('automator67/vault/v1/method/passphrase');

// Ours ends with HKDF: the same step is put behind the others, so that answers can be compared.
async function expand(stretched) {
  const key = await crypto.subtle.importKey('raw', stretched, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: SALT, info: LABEL };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

let kdf;
const libraries = {
  ours: async (kib, passes) => {
    kdf ??= await createKdf();
    return kdf.deriveSeed('passphrase', PASSWORD, SALT, kib, passes).seed;
  },
  'libsodium-wrappers-sumo': async (kib, passes) => {
    await sodium.ready;
    const { crypto_pwhash, crypto_pwhash_ALG_ARGON2ID13 } = sodium;
    return crypto_pwhash(32, PASSWORD, SALT, passes, kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
  },
  'hash-wasm': (kib, passes) =>
    argon2id({
      password: PASSWORD,
      salt: SALT,
      parallelism: 1,
      iterations: passes,
      memorySize: kib,
      hashLength: 32,
      outputType: 'binary',
    }),
};

self.onmessage = async ({ data: { library, kib, passes } }) => {
  const begin = performance.now();
  const stretched = await libraries[library](kib, passes);
  const milliseconds = performance.now() - begin;
  const key = library === 'ours' ? stretched : await expand(stretched);
  self.postMessage({ milliseconds, key: [...key].join() });
};
