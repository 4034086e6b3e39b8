// How a tab without the engine hands a secret to the worker that has it. The only way between tabs is a
// channel that every tab of this origin hears; so the secret travels under a key agreed between that tab
// and that worker alone: ephemeral ECDH on P-256, HKDF-SHA-256, AES-256-GCM.
import { type Bytes, bytesOfText, wipe } from '../bytes';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const LABEL = bytesOfText('automator67/whisper/v1');
const NONCE_BYTES = 12;
const NO_BYTES: Bytes = new Uint8Array();

export type Direction = 'ask' | 'answer';

/** A key between one tab and one worker. */
export class Whisper {
  private readonly key: CryptoKey;

  constructor(key: CryptoKey) {
    this.key = key;
  }

  /** `plain` is overwritten. */
  async seal(direction: Direction, plain: Bytes): Promise<Bytes> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const how = { name: 'AES-GCM', iv, additionalData: bytesOfText(direction) };
    const sealed = new Uint8Array(await crypto.subtle.encrypt(how, this.key, plain));
    wipe(plain);
    const all = new Uint8Array(NONCE_BYTES + sealed.length);
    all.set(iv);
    all.set(sealed, NONCE_BYTES);
    return all;
  }

  /** Rejects when it was sealed by anybody else, or on the other way. */
  async open(direction: Direction, sealed: Bytes): Promise<Bytes> {
    const iv = sealed.subarray(0, NONCE_BYTES);
    const how = { name: 'AES-GCM', iv, additionalData: bytesOfText(direction) };
    return new Uint8Array(await crypto.subtle.decrypt(how, this.key, sealed.subarray(NONCE_BYTES)));
  }
}

/** What a worker listens at: it tells `publicKey` to everybody. */
export class Door {
  readonly publicKey: Bytes;
  private readonly pair: CryptoKeyPair;

  private constructor(pair: CryptoKeyPair, publicKey: Bytes) {
    this.pair = pair;
    this.publicKey = publicKey;
  }

  static async make(): Promise<Door> {
    const pair = await makePair();
    return new Door(pair, await rawOf(pair.publicKey));
  }

  async with(caller: Bytes): Promise<Whisper> {
    return agree(this.pair.privateKey, caller, this.publicKey, caller);
  }
}

/** A caller's end: `publicKey` goes along with what it says. */
export async function callDoor(door: Bytes): Promise<{ publicKey: Bytes; whisper: Whisper }> {
  const pair = await makePair();
  const publicKey = await rawOf(pair.publicKey);
  return { publicKey, whisper: await agree(pair.privateKey, door, door, publicKey) };
}

function makePair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
}

async function rawOf(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key));
}

async function agree(own: CryptoKey, other: Bytes, door: Bytes, caller: Bytes): Promise<Whisper> {
  const publicKey = await crypto.subtle.importKey('raw', other, CURVE, false, []);
  const shared = new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'ECDH', public: publicKey }, own, 256),
  );
  const from = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  wipe(shared);
  const info = new Uint8Array([...LABEL, ...door, ...caller]);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: NO_BYTES, info };
  const aes = { name: 'AES-GCM', length: 256 };
  return new Whisper(await crypto.subtle.deriveKey(how, from, aes, false, ['encrypt', 'decrypt']));
}
