// The browser's keyring (engine/ports/keyring.h): every key is a WebCrypto key that JavaScript cannot read
// out, known to the engine by number. Bytes of keys exist only between two steps of one operation, and are
// overwritten; what a method needs again later waits in the strongbox. Formats: docs/vault-format.md.
import { type Bytes, bytesOfText, wipe } from '../bytes';
import { EffectFailure } from '../effects/effect';
import type { Argon2Params, SecretKind, SenderWrapKey, WrapKey } from './derive-jobs';
import type { Deriver } from './deriver';
import { Secrets } from './secrets';
import { type Boxed, Strongbox } from './strongbox';

export type KeyUse = 'derive' | 'seal' | 'mac';
export type WrapFor = { publicKey: Bytes; ad: Bytes };
export type PlainItem = { plain: Bytes; ad: Bytes };
export type SealedItem = { sealed: Bytes; ad: Bytes };

type Method = { seed: Boxed; pin: CryptoKey };
type HeldKey = { use: KeyUse; key: CryptoKey };
/** `session` ends with forgetAll(): what is made by then is not kept. `until` ends when cancelled, too. */
type Span = { session: AbortSignal; until: AbortSignal };
type Wrapped = { method: number; wrap: Bytes; ad: Bytes };

export type KeyringDoors = {
  deriver: Deriver;
  /** 32 random bytes this browser keeps for itself, made at the first call. A copy. */
  deviceSecret: () => Promise<Bytes>;
};

export const KEYS_MAX = 4_096;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ENC_BYTES = 32;
const WRAP_BYTES = ENC_BYTES + KEY_BYTES + TAG_BYTES;
const PIN_LABEL = bytesOfText('automator67/vault/v1/pin');
const NO_BYTES: Bytes = new Uint8Array();

const { subtle } = crypto;

export class Keyring {
  private readonly doors: KeyringDoors;
  private readonly box = new Strongbox();
  readonly secrets = new Secrets(this.box);
  private readonly methods = new Map<number, Method>();
  private readonly keys = new Map<number, HeldKey>();
  private nextRef = 1;
  private session = new AbortController();

  constructor(doors: KeyringDoors) {
    this.doors = doors;
  }

  /** `secret` 0 with the kind `device` is the secret of this browser itself. */
  async derive(
    ask: { secret: number; kind: SecretKind; salt: Bytes; argon2: Argon2Params | null },
    signal?: AbortSignal,
  ): Promise<{ method: number; publicKey: Bytes }> {
    const span = this.begin(signal);
    const { kind, salt, argon2 } = ask;
    const own = kind === 'device' && ask.secret === 0;
    const secret = await (own ? this.doors.deviceSecret() : this.secrets.take(ask.secret, kind));
    try {
      const job = { kind, secret, salt: salt.slice(), argon2 };
      const { seed, publicKey } = await this.doors.deriver('derive', job, span.until);
      const pin = await pinKey(seed);
      const method = { seed: await this.box.put(seed), pin };
      return { method: this.hold(this.methods, method, span), publicKey };
    } finally {
      wipe(secret);
    }
  }

  async make(
    recipients: WrapFor[],
    signal?: AbortSignal,
  ): Promise<{ key: number; wraps: Bytes[] }> {
    const span = this.begin(signal);
    const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    try {
      const wraps = await this.wrap(raw, recipients, span);
      return { key: this.hold(this.keys, await vaultKey(raw), span), wraps };
    } finally {
      wipe(raw);
    }
  }

  async rewrap(ask: Wrapped & { recipients: WrapFor[] }, signal?: AbortSignal): Promise<Bytes[]> {
    const span = this.begin(signal);
    const raw = await this.unwrap(ask, span);
    try {
      return await this.wrap(raw, ask.recipients, span);
    } finally {
      wipe(raw);
    }
  }

  async open(ask: Wrapped, signal?: AbortSignal): Promise<number> {
    const span = this.begin(signal);
    const raw = await this.unwrap(ask, span);
    try {
      return this.hold(this.keys, await vaultKey(raw), span);
    } finally {
      wipe(raw);
    }
  }

  async pin(method: number, bytes: Bytes): Promise<Bytes> {
    return new Uint8Array(await subtle.sign('HMAC', this.method(method).pin, bytes));
  }

  async subkey(ask: { key: number; salt: Bytes; info: Bytes; use: KeyUse }): Promise<number> {
    const span = this.begin();
    const from = this.key(ask.key, 'derive');
    const how = { name: 'HKDF', hash: 'SHA-256', salt: ask.salt, info: ask.info };
    const key = await derivedKey(from, how, ask.use);
    return this.hold(this.keys, { use: ask.use, key }, span);
  }

  /** What is stored is the nonce and then the sealed bytes: they are put together only where they leave. */
  seal(key: number, items: PlainItem[]): Promise<Boxed[]> {
    const sealing = this.key(key, 'seal');
    return Promise.all(items.map((item) => sealOne(sealing, item)));
  }

  /** null: damaged, or sealed under another key or with other associated data. */
  openSealed(key: number, items: SealedItem[]): Promise<(Bytes | null)[]> {
    const sealing = this.key(key, 'seal');
    return Promise.all(items.map((item) => openOne(sealing, item)));
  }

  async mac(key: number, bytes: Bytes): Promise<Bytes> {
    return new Uint8Array(await subtle.sign('HMAC', this.key(key, 'mac'), bytes));
  }

  /** Unknown numbers are ignored. */
  forget(refs: readonly number[]): void {
    for (const ref of refs) {
      this.keys.delete(ref);
      this.methods.delete(ref);
      this.secrets.forget(ref);
    }
  }

  /** Also stops what is being derived. */
  forgetAll(): void {
    this.session.abort();
    this.session = new AbortController();
    this.keys.clear();
    this.methods.clear();
    this.secrets.forgetAll();
  }

  private begin(signal?: AbortSignal): Span {
    const { signal: session } = this.session;
    return { session, until: signal === undefined ? session : AbortSignal.any([signal, session]) };
  }

  private async wrap(raw: Bytes, recipients: WrapFor[], { until }: Span): Promise<Bytes[]> {
    if (recipients.length === 0) return [];
    const job = {
      publics: recipients.map(({ publicKey }) => publicKey.slice()),
      contexts: recipients.map(({ ad }) => ad.slice()),
    };
    const { keys } = await this.doors.deriver('wrap_keys', job, until);
    return Promise.all(keys.map((wrapKey) => sealVaultKey(raw, wrapKey)));
  }

  /** The raw vault key; whoever takes it must overwrite it. */
  private async unwrap({ method, wrap, ad }: Wrapped, { until }: Span): Promise<Bytes> {
    const { seed } = this.method(method);
    if (wrap.length !== WRAP_BYTES) throw doesNotOpen();
    const wrapKey = await this.box.use(seed, (copy) => {
      const job = { seed: copy, enc: wrap.slice(0, ENC_BYTES), context: ad.slice() };
      return this.doors.deriver('open_wrap_key', job, until);
    });
    return openVaultKey(wrap, wrapKey);
  }

  private hold<T>(map: Map<number, T>, value: T, { session }: Span): number {
    if (session.aborted) throw new EffectFailure('cancelled', 'Locked meanwhile.');
    if (this.keys.size + this.methods.size >= KEYS_MAX) {
      throw new EffectFailure('no_memory', `${KEYS_MAX} keys are open already.`);
    }
    const ref = this.nextRef++;
    map.set(ref, value);
    return ref;
  }

  private method(ref: number): Method {
    const method = this.methods.get(ref);
    if (method !== undefined) return method;
    if (this.keys.has(ref)) throw new EffectFailure('invalid_input', 'A key is no unlock method.');
    throw unknown();
  }

  private key(ref: number, use: KeyUse): CryptoKey {
    const held = this.keys.get(ref);
    if (held?.use === use) return held.key;
    if (held !== undefined) {
      throw new EffectFailure('invalid_input', `A key for "${held.use}" cannot "${use}".`);
    }
    if (this.methods.has(ref))
      throw new EffectFailure('invalid_input', 'An unlock method is no key.');
    throw unknown();
  }
}

function unknown(): EffectFailure {
  return new EffectFailure('not_found', 'The key is not open any more: unlock again.');
}

function doesNotOpen(): EffectFailure {
  return new EffectFailure('unauthorized', 'This does not open the vault.');
}

/** The bytes are overwritten. */
async function aesKey({ key }: WrapKey, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  try {
    return await subtle.importKey('raw', key, 'AES-GCM', false, [use]);
  } finally {
    wipe(key);
  }
}

async function sealVaultKey(raw: Bytes, wrapKey: SenderWrapKey): Promise<Bytes> {
  const key = await aesKey(wrapKey, 'encrypt');
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv: wrapKey.nonce }, key, raw);
  const wrap = new Uint8Array(WRAP_BYTES);
  wrap.set(wrapKey.enc);
  wrap.set(new Uint8Array(sealed), ENC_BYTES);
  return wrap;
}

async function openVaultKey(wrap: Bytes, wrapKey: WrapKey): Promise<Bytes> {
  const key = await aesKey(wrapKey, 'decrypt');
  const how = { name: 'AES-GCM', iv: wrapKey.nonce };
  try {
    return new Uint8Array(await subtle.decrypt(how, key, wrap.subarray(ENC_BYTES)));
  } catch {
    throw doesNotOpen();
  }
}

async function hkdfKey(raw: Bytes): Promise<CryptoKey> {
  return subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey', 'deriveBits']);
}

async function vaultKey(raw: Bytes): Promise<HeldKey> {
  return { use: 'derive', key: await hkdfKey(raw) };
}

async function pinKey(seed: Bytes): Promise<CryptoKey> {
  const how = { name: 'HKDF', hash: 'SHA-256', salt: NO_BYTES, info: PIN_LABEL };
  return derivedKey(await hkdfKey(seed), how, 'mac');
}

async function derivedKey(from: CryptoKey, how: HkdfParams, use: KeyUse): Promise<CryptoKey> {
  switch (use) {
    case 'seal':
      return subtle.deriveKey(how, from, { name: 'AES-GCM', length: KEY_BYTES * 8 }, false, [
        'encrypt',
        'decrypt',
      ]);
    case 'mac': {
      const hmac = { name: 'HMAC', hash: 'SHA-256', length: KEY_BYTES * 8 };
      return subtle.deriveKey(how, from, hmac, false, ['sign']);
    }
    case 'derive': {
      // WebCrypto derives no HKDF key at once: the bytes are there for one step.
      const raw = new Uint8Array(await subtle.deriveBits(how, from, KEY_BYTES * 8));
      try {
        return await hkdfKey(raw);
      } finally {
        wipe(raw);
      }
    }
    default:
      return use satisfies never;
  }
}

/** nonce || ciphertext || tag. A random nonce is safe for 2^32 items under one key. */
async function sealOne(key: CryptoKey, { plain, ad }: PlainItem): Promise<Boxed> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const how = { name: 'AES-GCM', iv: nonce, additionalData: ad };
  return { nonce, sealed: await subtle.encrypt(how, key, plain) };
}

async function openOne(key: CryptoKey, { sealed, ad }: SealedItem): Promise<Bytes | null> {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const iv = sealed.subarray(0, NONCE_BYTES);
  try {
    const how = { name: 'AES-GCM', iv, additionalData: ad };
    return new Uint8Array(await subtle.decrypt(how, key, sealed.subarray(NONCE_BYTES)));
  } catch {
    return null;
  }
}
