// The vectors of docs/vault-format.md, which the native tests run as well: a vault made by the command line
// opens in the browser, and the other way round.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { base64urlOf, type Bytes, bytesOfBase64url, bytesOfText } from '../src/bytes';
import type { Argon2Params, SecretKind } from '../src/keyring/derive-jobs';
import { Keyring } from '../src/keyring/keyring';
import { loadKdf, testDeriver } from './fakes/kdf';

type MethodVector = {
  kind: SecretKind;
  secret: string;
  salt: string;
  argon2?: Argon2Params;
  seed: string;
  public: string;
};
type EntryVector = {
  workspace: string;
  id: string;
  version: number;
  epoch: number;
  plain: string;
  context: string;
  stored: string;
};
type Vectors = {
  vault: { id: string; header: string; headerNext: string; anchorCommitment: string };
  methods: MethodVector[];
  wrapKey: Record<
    'ephemeral' | 'recipientSeed' | 'recipient' | 'context' | 'enc' | 'key' | 'nonce',
    string
  >;
  recoveryWords: { secret: string; words: string }[];
  entries: EntryVector[];
};
type HeaderMethod = {
  id: string;
  kind: string;
  public: string;
  salt: string;
  anchorWrap: string;
  anchorPin: string;
  wrap: string;
};
type Body = { epoch: number; methods: HeaderMethod[] };

const file = new URL('../../tests/engine/vault/format_vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const V1 = 'automator67/vault/v1';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'hex'));

/** Each part's length (32 bits, big endian), then the part. */
function fields(...parts: (string | number | Uint8Array)[]): Bytes {
  const pieces = parts.map((part) =>
    part instanceof Uint8Array ? Buffer.from(part) : Buffer.from(String(part)),
  );
  return Uint8Array.from(
    Buffer.concat(
      pieces.flatMap((piece) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(piece.length);
        return [length, piece];
      }),
    ),
  );
}

function headerOf(text: string): { body: Body; bodyText: string; mac: string } {
  const header = JSON.parse(text) as { body: string; mac: string };
  return { body: JSON.parse(header.body) as Body, bodyText: header.body, mac: header.mac };
}

async function unlock(vector: MethodVector, at: number, headerText: string) {
  const { deriver } = testDeriver();
  const keyring = new Keyring({ deriver, deviceSecret: () => Promise.reject(new Error('unused')) });
  const { body, bodyText, mac } = headerOf(headerText);
  const method = body.methods[at];
  if (method === undefined) throw new Error('the header lacks this method');
  await keyring.secrets.keep(1, vector.kind, unhex(vector.secret));
  const salt = bytesOfBase64url(method.salt);
  const ask = { secret: 1, kind: vector.kind, salt, argon2: vector.argon2 ?? null };
  const derived = await keyring.derive(ask);
  const open = (wrap: string, ad: Bytes) =>
    keyring.open({ method: derived.method, wrap: bytesOfBase64url(wrap), ad });
  const { id } = vectors.vault;
  const anchor = await open(method.anchorWrap, fields(`${V1}/anchor`, id, method.id, method.kind));
  const key = await open(method.wrap, fields(`${V1}/wrap`, id, body.epoch, method.id, method.kind));
  return { keyring, method, derived, anchor, key, bodyText, mac };
}

describe('vault format 1', () => {
  it('gives every method`s seed and public key', async () => {
    const kdf = await loadKdf();
    expect(vectors.methods).toHaveLength(4);
    for (const { kind, secret, salt, argon2, seed, public: publicKey } of vectors.methods) {
      const { memoryKib, passes } = argon2 ?? { memoryKib: 0, passes: 0 };
      const result = kdf.deriveSeed(kind, unhex(secret), unhex(salt), memoryKib, passes);
      if ('error' in result) throw new Error(result.error.message);
      expect(hex(result.seed)).toBe(seed);
      expect(kdf.publicKey(result.seed)).toEqual({ publicKey: unhex(publicKey) });
    }
  });

  it('gives the key that seals a vault key, on both sides', async () => {
    const kdf = await loadKdf();
    const { ephemeral, recipientSeed, recipient, context, enc, key, nonce } = vectors.wrapKey;
    const sent = kdf.wrapKeyFor(unhex(ephemeral), unhex(recipient), unhex(context));
    expect(sent).toEqual({ enc: unhex(enc), key: unhex(key), nonce: unhex(nonce) });
    const received = kdf.openWrapKey(unhex(recipientSeed), unhex(enc), unhex(context));
    expect(received).toEqual({ key: unhex(key), nonce: unhex(nonce) });
  });

  it('writes and reads recovery words', async () => {
    const kdf = await loadKdf();
    for (const { secret, words } of vectors.recoveryWords) {
      expect(kdf.writeWords(unhex(secret))).toEqual({ text: bytesOfText(words) });
      expect(kdf.readWords(bytesOfText(words))).toEqual({ secret: unhex(secret) });
    }
  });

  it.each(vectors.methods.map((vector, at) => ({ kind: vector.kind, vector, at })))(
    'opens the stored vault with the $kind, believes its header, and opens its entries',
    async ({ vector, at }) => {
      const { id, header, anchorCommitment } = vectors.vault;
      const opened = await unlock(vector, at, header);
      const { keyring, method, derived, anchor, key, bodyText, mac } = opened;
      expect(base64urlOf(derived.publicKey)).toBe(method.public);

      const salt = bytesOfText(id);
      const headerInfo = bytesOfText(`${V1}/header`);
      const headerKey = await keyring.subkey({ key: anchor, salt, info: headerInfo, use: 'mac' });
      const commitment = await keyring.mac(headerKey, bytesOfText(`${V1}/anchor-commitment`));
      expect(hex(commitment)).toBe(anchorCommitment);
      const pin = await keyring.pin(
        derived.method,
        fields(`${V1}/pin`, id, method.id, method.kind, commitment),
      );
      expect(base64urlOf(pin)).toBe(method.anchorPin);
      expect(base64urlOf(await keyring.mac(headerKey, bytesOfText(bodyText)))).toBe(mac);

      const ofThisEpoch = vectors.entries.filter(({ epoch }) => epoch === 1);
      expect(ofThisEpoch.length).toBeGreaterThan(0);
      for (const entry of ofThisEpoch) {
        const info = fields(`${V1}/entry-key`, entry.workspace, entry.id, entry.version);
        const sealing = await keyring.subkey({ key, salt, info, use: 'seal' });
        const sealed = bytesOfBase64url(entry.stored.split('.')[2] ?? '');
        const [padded] = await keyring.openSealed(sealing, [{ sealed, ad: unhex(entry.context) }]);
        if (padded === null || padded === undefined) throw new Error(`${entry.id} is damaged`);
        const length = new DataView(padded.buffer).getUint32(0);
        expect(new TextDecoder().decode(padded.slice(4, 4 + length))).toBe(entry.plain);
      }
    },
  );

  it('opens the key of the next epoch of a rotation under way', async () => {
    for (const [at, vector] of vectors.methods.entries()) {
      if (vector.kind === 'passphrase') continue; // Argon2id has run above
      const { keyring, key } = await unlock(vector, at, vectors.vault.headerNext);
      for (const entry of vectors.entries.filter(({ epoch }) => epoch === 2)) {
        const info = fields(`${V1}/entry-key`, entry.workspace, entry.id, entry.version);
        const salt = bytesOfText(vectors.vault.id);
        const sealing = await keyring.subkey({ key, salt, info, use: 'seal' });
        const sealed = bytesOfBase64url(entry.stored.split('.')[2] ?? '');
        const [padded] = await keyring.openSealed(sealing, [{ sealed, ad: unhex(entry.context) }]);
        expect(padded).not.toBeNull();
      }
    }
  });
});
