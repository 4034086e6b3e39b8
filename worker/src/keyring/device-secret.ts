// The secret of this browser itself, for vaults that open without a question here. It lies in IndexedDB
// under a key JavaScript cannot read out (effects/store.ts): a copy of the disk's files alone is not enough
// in browsers that keep such keys apart, and whoever can run this page in this browser can use it anyway.
import { base64urlOf, type Bytes, bytesOfBase64url } from '../bytes';
import type { BrowserStore } from '../effects/store';

const RECORD = 'device-secret';
const SECRET_BYTES = 32;

export async function deviceSecret(store: Pick<BrowserStore, 'load' | 'save'>): Promise<Bytes> {
  const { value } = await store.load(RECORD);
  if (value !== null) return bytesOfBase64url(value);
  const made = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  await store.save(RECORD, base64urlOf(made), true);
  return made;
}
