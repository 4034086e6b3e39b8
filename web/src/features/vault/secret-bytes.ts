// A secret on its way from an input to the worker: read once, the input cleared at once, the bytes
// overwritten as soon as the worker has them. It never is React state, so no render keeps a copy.
import type { Client } from '@automator67/worker';

/** Generous for any passphrase; what is longer was pasted by mistake. */
export const SECRET_BYTES_MAX = 1024;

/** NFC (RFC 8265, section 4.2.2): the same keys make the same bytes on every system. */
export function encodeSecret(text: string): Uint8Array {
  return new TextEncoder().encode(text.normalize('NFC'));
}

export function takeSecret(input: HTMLInputElement | HTMLTextAreaElement): Uint8Array {
  const bytes = encodeSecret(input.value);
  input.value = '';
  return bytes;
}

/** Hands `secret` over and overwrites it, whatever comes of it. */
export async function offer(
  client: Client,
  kind: 'passphrase' | 'recovery' | 'passkey',
  secret: Uint8Array,
): Promise<number> {
  try {
    return await client.offerSecret(kind, secret);
  } finally {
    // Empty when the client transferred it instead of copying it.
    if (secret.byteLength > 0) secret.fill(0);
  }
}
