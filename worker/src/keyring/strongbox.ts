// Keeps bytes that are needed more than once where no heap dump shows them: sealed under a key that
// JavaScript cannot read out and that is gone with the worker. They are open only for one piece of work.
import { type Bytes, wipe } from '../bytes';

const NONCE_BYTES = 12;

export type Boxed = { readonly nonce: Bytes; readonly sealed: ArrayBuffer };

export class Strongbox {
  private readonly key = crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);

  /** `secret` is overwritten. */
  async put(secret: Bytes): Promise<Boxed> {
    try {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const key = await this.key;
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, secret);
      return { nonce, sealed };
    } finally {
      wipe(secret);
    }
  }

  /** What `work` was given is overwritten when it ends. */
  async use<T>(boxed: Boxed, work: (secret: Bytes) => Promise<T>): Promise<T> {
    const secret = new Uint8Array(
      await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: boxed.nonce },
        await this.key,
        boxed.sealed,
      ),
    );
    try {
      return await work(secret);
    } finally {
      wipe(secret);
    }
  }
}
