// The `key.*` effects: messages in, messages out (docs/local-mode.md). Byte strings are base64url.
import { base64urlOf, type Bytes, bytesOfBase64url, wipe } from '../bytes';
import { EffectFailure, type EffectRunner } from '../effects/effect';
import type { KeyEffectName } from '../protocol';
import { type Argon2Params, SECRET_KINDS, type SecretKind } from './derive-jobs';
import type { Keyring, KeyUse, WrapFor } from './keyring';

type DeriveBody = { secret?: number; kind: SecretKind; salt: string; argon2?: Argon2Params };
type WrapBody = { method: number; wrap: string; ad: string };
type SealBody = { key: number; items: { plain: string; ad: string }[] };
type OpenBody = { key: number; items: { sealed: string; ad: string }[] };
type ForgetBody = { refs?: number[]; all?: boolean };

function bytes(text: string): Bytes {
  try {
    return bytesOfBase64url(text);
  } catch {
    throw new EffectFailure('invalid_input', 'A byte string for the keyring is not base64url.');
  }
}

function recipients(publics: string[], ads: string[]): WrapFor[] {
  if (publics.length !== ads.length) {
    throw new EffectFailure('invalid_input', 'Every public key needs associated data of its own.');
  }
  return publics.map((publicKey, at) => ({
    publicKey: bytes(publicKey),
    ad: bytes(ads[at] ?? ''),
  }));
}

const USES: readonly string[] = ['derive', 'seal', 'mac'] satisfies KeyUse[];

export function keyringRunners(keyring: Keyring): Record<KeyEffectName, EffectRunner> {
  return { ...methodRunners(keyring), ...keyRunners(keyring) };
}

type OfMethods = 'key.derive' | 'key.make' | 'key.rewrap' | 'key.open' | 'key.pin';

function methodRunners(keyring: Keyring): Record<OfMethods, EffectRunner> {
  return {
    'key.derive': async (body, signal) => {
      const { secret, kind, salt, argon2 } = body as DeriveBody;
      if (!SECRET_KINDS.includes(kind)) {
        throw new EffectFailure('invalid_input', 'There is no such kind of unlock method.');
      }
      const ask = { secret: secret ?? 0, kind, salt: bytes(salt), argon2: argon2 ?? null };
      const { method, publicKey } = await keyring.derive(ask, signal);
      return { method, public: base64urlOf(publicKey) };
    },
    'key.make': async (body, signal) => {
      const { publics, ad } = body as { publics: string[]; ad: string[] };
      const { key, wraps } = await keyring.make(recipients(publics, ad), signal);
      return { key, wraps: wraps.map(base64urlOf) };
    },
    'key.rewrap': async (body, signal) => {
      const ask = body as WrapBody & { publics: string[]; ads: string[] };
      const wraps = await keyring.rewrap(
        {
          method: ask.method,
          wrap: bytes(ask.wrap),
          ad: bytes(ask.ad),
          recipients: recipients(ask.publics, ask.ads),
        },
        signal,
      );
      return { wraps: wraps.map(base64urlOf) };
    },
    'key.open': async (body, signal) => {
      const { method, wrap, ad } = body as WrapBody;
      return { key: await keyring.open({ method, wrap: bytes(wrap), ad: bytes(ad) }, signal) };
    },
    'key.pin': async (body) => {
      const ask = body as { method: number; bytes: string };
      return { mac: base64urlOf(await keyring.pin(ask.method, bytes(ask.bytes))) };
    },
  };
}

function keyRunners(keyring: Keyring): Record<Exclude<KeyEffectName, OfMethods>, EffectRunner> {
  return {
    'key.subkey': async (body) => {
      const ask = body as { key: number; salt: string; info: string; use: KeyUse };
      if (!USES.includes(ask.use)) {
        throw new EffectFailure('invalid_input', 'There is no such use of a key.');
      }
      return {
        key: await keyring.subkey({ ...ask, salt: bytes(ask.salt), info: bytes(ask.info) }),
      };
    },
    'key.seal': async (body) => {
      const { key, items } = body as SealBody;
      const plain = items.map((item) => ({ plain: bytes(item.plain), ad: bytes(item.ad) }));
      try {
        // A nonce is a whole number of base64's groups: its text and that of the rest are one text.
        const texts = (await keyring.seal(key, plain)).map(
          ({ nonce, sealed }) => base64urlOf(nonce) + base64urlOf(new Uint8Array(sealed)),
        );
        return { items: texts };
      } finally {
        wipe(...plain.map((item) => item.plain));
      }
    },
    'key.open_sealed': async (body) => {
      const { key, items } = body as OpenBody;
      const sealed = items.map((item) => ({ sealed: bytes(item.sealed), ad: bytes(item.ad) }));
      const opened = await keyring.openSealed(key, sealed);
      const answer = opened.map((plain) =>
        plain === null ? { damaged: true } : { plain: base64urlOf(plain) },
      );
      wipe(...opened.map((plain) => plain ?? undefined));
      return { items: answer };
    },
    'key.mac': async (body) => {
      const ask = body as { key: number; bytes: string };
      return { mac: base64urlOf(await keyring.mac(ask.key, bytes(ask.bytes))) };
    },
    'key.forget': (body) => {
      const { refs, all } = body as ForgetBody;
      if (all === true) keyring.forgetAll();
      else keyring.forget(refs ?? []);
      return Promise.resolve({});
    },
  };
}
