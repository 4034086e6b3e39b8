import { describe, expect, it } from 'vitest';
import { bytesOfText } from '../src/bytes';
import type { KdfModule } from '../src/kdf/kdf.mjs';
import { calibrate, FLOOR, FLOOR_LOW_MEMORY, TARGET_MS } from '../src/keyring/calibrate';
import { type Argon2Params, performJob } from '../src/keyring/derive-jobs';
import { type DeriveWorker, workerDeriver } from '../src/keyring/deriver';
import { loadKdf, testDeriver } from './fakes/kdf';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const salt = () => Uint8Array.from({ length: 16 }, (_, i) => i);

describe('the kdf module', () => {
  it('gives every known answer of its own test', async () => {
    expect((await loadKdf()).selfTest()).toBe(true);
  });

  it('stretches a passphrase to what another Argon2id gave (engine/vault`s vector)', async () => {
    const kdf = await loadKdf();
    const secret = bytesOfText('correct horse battery staple');
    const stretched = '92c3e5c7d221ec767849522a67249cd5682a94ac770a566582c6e60040b3a5c7';
    const label = bytesOfText('automator67/vault/v1/method/passphrase');
    const key = await crypto.subtle.importKey('raw', unhex(stretched), 'HKDF', false, [
      'deriveBits',
    ]);
    const how = { name: 'HKDF', hash: 'SHA-256', salt: salt(), info: label };
    const expected = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
    const result = kdf.deriveSeed('passphrase', secret, salt(), 32 * 1024, 6);
    if ('error' in result) throw new Error(result.error.message);
    expect(hex(result.seed)).toBe(hex(expected));
  });

  it('gives the key pair of RFC 9180, A.1.1', async () => {
    const seed = unhex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736');
    expect((await loadKdf()).publicKey(seed)).toEqual({
      publicKey: unhex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
    });
  });

  it('refuses parameters below the floors and secrets of the wrong size as values', async () => {
    const kdf = await loadKdf();
    const weak = kdf.deriveSeed('passphrase', bytesOfText('x'), salt(), 64 * 1024, 2);
    const short = kdf.deriveSeed('passkey', new Uint8Array(31), salt(), 0, 0);
    const unknown = kdf.deriveSeed('fingerprint', new Uint8Array(32), salt(), 0, 0);
    for (const result of [weak, short, unknown, kdf.publicKey(new Uint8Array(31))]) {
      expect(result).toMatchObject({ error: { code: 'invalid_input' } });
    }
  });

  it('refuses public keys of small order on both sides', async () => {
    const kdf = await loadKdf();
    const seed = new Uint8Array(32).fill(9);
    const zero = new Uint8Array(32);
    expect(kdf.wrapKeyFor(seed, zero, zero)).toMatchObject({ error: { code: 'invalid_input' } });
    expect(kdf.openWrapKey(seed, zero, zero)).toMatchObject({ error: { code: 'unauthorized' } });
  });

  it('says which recovery word is wrong, and never the word', async () => {
    const kdf = await loadKdf();
    const written = kdf.writeWords(new Uint8Array(16).fill(3));
    if ('error' in written) throw new Error(written.error.message);
    const text = new TextDecoder().decode(written.text);
    expect(kdf.readWords(bytesOfText(text.toUpperCase().replaceAll('-', '  ')))).toEqual({
      secret: new Uint8Array(16).fill(3),
    });
    const bent = text.replace(/^(.)./, '$1e');
    const read = kdf.readWords(bytesOfText(bent));
    expect(read).toMatchObject({ error: { code: 'invalid_input', field: 'word.1' } });
    expect(JSON.stringify(read)).not.toContain(bent.slice(0, 5));
  });
});

describe('performJob', () => {
  it('refuses to work with a module that computes wrong answers', async () => {
    const kdf = { ...(await loadKdf()), selfTest: () => false } as KdfModule;
    const doors = { random: (bytes: Uint8Array<ArrayBuffer>) => bytes, now: () => 0 };
    const end = performJob(kdf, { job: 'write_words', secret: new Uint8Array(16) }, doors);
    expect(end).toMatchObject({ error: { code: 'internal' } });
  });

  it('leaves no secret in the job', async () => {
    const secret = new Uint8Array(32).fill(1);
    const doors = { random: (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(2), now: () => 0 };
    const job = { job: 'derive', kind: 'passkey', secret, salt: salt(), argon2: null } as const;
    expect(performJob(await loadKdf(), job, doors)).toHaveProperty('answer.seed');
    expect(secret).toEqual(new Uint8Array(32));
  });
});

describe('workerDeriver', () => {
  it('moves secrets instead of copying them, and ends its worker', async () => {
    const { deriver, living } = testDeriver();
    const secret = new Uint8Array(32).fill(1);
    const asked = deriver('derive', { kind: 'passkey', secret, salt: salt(), argon2: null });
    expect(living()).toBe(1);
    expect(secret.length).toBe(0);
    expect((await asked).publicKey).toHaveLength(32);
    expect(living()).toBe(0);
  });

  it('ends its worker when cancelled, while it derives', async () => {
    let living = 0;
    const deaf: DeriveWorker = {
      onmessage: null,
      onerror: null,
      postMessage: () => undefined,
      terminate: () => {
        living -= 1;
      },
    };
    const deriver = workerDeriver(() => {
      living += 1;
      return deaf;
    });
    const stop = new AbortController();
    const asked = deriver('write_words', { secret: new Uint8Array(16) }, stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(living).toBe(0);
    await expect(
      deriver('write_words', { secret: new Uint8Array(16) }, stop.signal),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(living).toBe(0);
  });

  it('tells a failure with its code, hint and field', async () => {
    const { deriver } = testDeriver();
    await expect(deriver('read_words', { text: bytesOfText('lusab') })).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { hint: expect.stringContaining('nine words') as string },
    });
  });
});

describe('calibrate', () => {
  /** A device on which one MiB and pass take so many milliseconds, and that has so much memory. */
  const device = (msPerMibPass: number, mibMax = 4096) => ({
    measure: ({ memoryKib, passes }: Argon2Params) =>
      memoryKib / 1024 > mibMax ? undefined : (memoryKib / 1024) * passes * msPerMibPass,
  });

  it('keeps to the floor on a slow device', () => {
    const { params } = calibrate(device(10).measure);
    expect(params).toEqual(FLOOR);
  });

  it('takes memory before passes, and lands near the target', () => {
    const { params, milliseconds } = calibrate(device(0.75).measure);
    expect(params).toEqual({ memoryKib: 256 * 1024, passes: 3 });
    expect(milliseconds).toBe(576);
    for (const msPerMibPass of [0.05, 0.2, 0.5, 1.5, 2, 3.9]) {
      const found = calibrate(device(msPerMibPass).measure);
      expect(found.params.memoryKib).toBeGreaterThanOrEqual(FLOOR.memoryKib);
      expect(found.params.passes).toBeGreaterThanOrEqual(FLOOR.passes);
      expect(found.milliseconds).toBeLessThanOrEqual(TARGET_MS * 1.05);
      if (msPerMibPass > 0.1) expect(found.milliseconds).toBeGreaterThan(TARGET_MS * 0.6);
    }
  });

  it('goes back to what memory there is', () => {
    expect(calibrate(device(0.5, 128).measure).params.memoryKib).toBe(128 * 1024);
    expect(calibrate(device(0.5, 64).measure).params).toEqual({
      memoryKib: 65_536,
      passes: 20,
    });
  });

  it('takes 32 MiB and six passes where 64 MiB are not to be had', () => {
    expect(calibrate(device(10, 32).measure).params).toEqual(FLOOR_LOW_MEMORY);
    expect(calibrate(device(1, 32).measure).params).toEqual({ memoryKib: 32_768, passes: 20 });
  });

  it('says so where not even 32 MiB are', () => {
    expect(() => calibrate(device(1, 16).measure)).toThrow('32 MiB');
  });

  it('measures the real module and never goes below a floor', async () => {
    const { deriver } = testDeriver();
    const { params, milliseconds } = await deriver('calibrate', {});
    expect(params.memoryKib).toBeGreaterThanOrEqual(FLOOR.memoryKib);
    expect(params.passes).toBeGreaterThanOrEqual(FLOOR.passes);
    expect(milliseconds).toBeGreaterThan(0);
  }, 30_000);
});
