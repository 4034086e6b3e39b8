import { describe, expect, it, vi } from 'vitest';
import { base64urlOf, type Bytes, bytesOfBase64url, bytesOfText } from '../src/bytes';
import { EffectFailure } from '../src/effects/effect';
import { keyringRunners } from '../src/keyring/effects';
import { Keyring } from '../src/keyring/keyring';
import { SECRET_MS_MAX, SECRETS_MAX } from '../src/keyring/secrets';
import type { KeyEffectName } from '../src/protocol';
import { testDeriver } from './fakes/kdf';
import { settle } from './fakes/worker';

const salt = (fill = 1): Bytes => new Uint8Array(16).fill(fill);
const ad = bytesOfText('workspace 1, epoch 1');
const secretOf = (fill: number): Bytes => new Uint8Array(32).fill(fill);

function setUp() {
  const { deriver } = testDeriver();
  const keyring = new Keyring({ deriver, deviceSecret: () => Promise.resolve(secretOf(77)) });
  return { keyring };
}

async function methodOf(keyring: Keyring, fill: number, ref = fill * 1000) {
  await keyring.secrets.keep(ref, 'passkey', secretOf(fill));
  return keyring.derive({ secret: ref, kind: 'passkey', salt: salt(), argon2: null });
}

async function openVault(keyring: Keyring) {
  const { method, publicKey } = await methodOf(keyring, 1);
  const { key, wraps } = await keyring.make([{ publicKey, ad }]);
  return { method, key, wrap: wraps[0] ?? new Uint8Array() };
}

describe('Keyring: unlock methods', () => {
  it('derives the same key pair from the same secret, and another from another salt or kind', async () => {
    const { keyring } = setUp();
    const publicOf = async (kind: 'passkey' | 'device', fill: number) => {
      await keyring.secrets.keep(5, kind, secretOf(9));
      const ask = { secret: 5, kind, salt: salt(fill), argon2: null };
      return base64urlOf((await keyring.derive(ask)).publicKey);
    };
    const base = await publicOf('passkey', 1);
    expect(await publicOf('passkey', 1)).toBe(base);
    expect(await publicOf('passkey', 2)).not.toBe(base);
    expect(await publicOf('device', 1)).not.toBe(base);
  });

  it('seals a new vault key to every method, and each of them opens it', async () => {
    const { keyring } = setUp();
    const [one, two] = [await methodOf(keyring, 1), await methodOf(keyring, 2)];
    const { key, wraps } = await keyring.make([
      { publicKey: one.publicKey, ad },
      { publicKey: two.publicKey, ad: bytesOfText('other') },
    ]);
    const [first = new Uint8Array(), second = new Uint8Array()] = wraps;
    expect([first.length, second.length]).toEqual([80, 80]);
    const opened = [
      await keyring.open({ method: one.method, wrap: first, ad }),
      await keyring.open({ method: two.method, wrap: second, ad: bytesOfText('other') }),
    ];
    // The same key: what is made from each of them agrees.
    const macs = await Promise.all(
      [key, ...opened].map(async (from) => {
        const sub = await keyring.subkey({ key: from, salt: salt(), info: ad, use: 'mac' });
        return base64urlOf(await keyring.mac(sub, bytesOfText('x')));
      }),
    );
    expect(new Set(macs).size).toBe(1);
  });

  it('does not open with another method, other associated data, or one bit changed anywhere', async () => {
    const { keyring } = setUp();
    const { method, wrap } = await openVault(keyring);
    const other = await methodOf(keyring, 2);
    const refused = { code: 'unauthorized' };
    await expect(keyring.open({ method: other.method, wrap, ad })).rejects.toMatchObject(refused);
    const ad2 = bytesOfText('workspace 1, epoch 2');
    await expect(keyring.open({ method, wrap, ad: ad2 })).rejects.toMatchObject(refused);
    for (const at of [0, 31, 32, 63, 64, 79]) {
      const bent = wrap.slice();
      bent[at] = (bent[at] ?? 0) ^ 1;
      await expect(keyring.open({ method, wrap: bent, ad })).rejects.toMatchObject(refused);
    }
    const short = wrap.slice(0, 79);
    await expect(keyring.open({ method, wrap: short, ad })).rejects.toMatchObject(refused);
    const zero = new Uint8Array(80);
    await expect(keyring.open({ method, wrap: zero, ad })).rejects.toMatchObject(refused);
  });

  it('seals the key in a wrap for others, who then open it', async () => {
    const { keyring } = setUp();
    const { method, wrap } = await openVault(keyring);
    const later = await methodOf(keyring, 3);
    const [moved = new Uint8Array()] = await keyring.rewrap({
      method,
      wrap,
      ad,
      recipients: [{ publicKey: later.publicKey, ad }],
    });
    expect(moved).not.toEqual(wrap);
    await expect(keyring.open({ method: later.method, wrap: moved, ad })).resolves.toBeGreaterThan(
      0,
    );
    await expect(keyring.open({ method, wrap: moved, ad })).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  it('vouches with a key that only the method`s secret gives', async () => {
    const { keyring } = setUp();
    const one = await methodOf(keyring, 1);
    const again = await methodOf(keyring, 1, 4000);
    const other = await methodOf(keyring, 2);
    const pin = (method: number) => keyring.pin(method, bytesOfText('header'));
    expect(await pin(one.method)).toHaveLength(32);
    expect(await pin(again.method)).toEqual(await pin(one.method));
    expect(await pin(other.method)).not.toEqual(await pin(one.method));
  });

  it('uses the browser`s own secret where none is named, for the kind `device` only', async () => {
    const { keyring } = setUp();
    await keyring.secrets.keep(6, 'device', secretOf(77));
    const own = await keyring.derive({ secret: 0, kind: 'device', salt: salt(), argon2: null });
    const named = await keyring.derive({ secret: 6, kind: 'device', salt: salt(), argon2: null });
    expect(own.publicKey).toEqual(named.publicKey);
    await expect(
      keyring.derive({ secret: 0, kind: 'passkey', salt: salt(), argon2: null }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('Keyring: keys', () => {
  it('lets nobody read a key out, whatever its use', async () => {
    const { keyring } = setUp();
    const imports = vi.spyOn(crypto.subtle, 'importKey');
    const derives = vi.spyOn(crypto.subtle, 'deriveKey');
    const { key } = await openVault(keyring);
    for (const use of ['seal', 'mac', 'derive'] as const) {
      await keyring.subkey({ key, salt: salt(), info: ad, use });
    }
    const made = [...imports.mock.results, ...derives.mock.results];
    expect(made.length).toBeGreaterThan(6);
    for (const { value } of made)
      expect((await (value as Promise<CryptoKey>)).extractable).toBe(false);
    // And the bytes each was made from are overwritten by now.
    for (const [, raw] of imports.mock.calls) {
      expect((raw as Uint8Array).every((byte) => byte === 0)).toBe(true);
    }
    vi.restoreAllMocks();
  });

  it('seals with a fresh nonce and opens; what was touched is damaged, the rest still opens', async () => {
    const { keyring } = setUp();
    const { key } = await openVault(keyring);
    const sealing = await keyring.subkey({ key, salt: salt(), info: ad, use: 'seal' });
    const item = { plain: bytesOfText('token-1'), ad };
    const sealed = await keyring.seal(sealing, [item, item]);
    const [a = new Uint8Array(), b = new Uint8Array()] = sealed.map(
      (one) => new Uint8Array([...one.nonce, ...new Uint8Array(one.sealed)]),
    );
    expect(a).toHaveLength(12 + item.plain.length + 16);
    expect(a.slice(0, 12)).not.toEqual(b.slice(0, 12));
    const bent = a.slice();
    bent[20] = (bent[20] ?? 0) ^ 1;
    const opened = await keyring.openSealed(sealing, [
      { sealed: a, ad },
      { sealed: bent, ad },
      { sealed: b, ad: bytesOfText('elsewhere') },
      { sealed: b.slice(0, 27), ad },
      { sealed: b, ad },
    ]);
    expect(opened).toEqual([item.plain, null, null, null, item.plain]);
  });

  it('derives what RFC 5869 says', async () => {
    // The chain vault key -> derive -> mac, against HKDF and HMAC of WebCrypto on raw bytes.
    const { keyring } = setUp();
    const { method, publicKey } = await methodOf(keyring, 1);
    const raw = new Uint8Array(32).fill(42);
    const random = vi.spyOn(crypto, 'getRandomValues').mockImplementationOnce((array) => {
      (array as Uint8Array).set(raw);
      return array;
    });
    const { key } = await keyring.make([{ publicKey, ad }]);
    random.mockRestore();
    const chain = await keyring.subkey({ key, salt: salt(1), info: ad, use: 'derive' });
    const mac = await keyring.subkey({ key: chain, salt: salt(2), info: ad, use: 'mac' });
    const hkdf = async (from: Bytes, fill: number): Promise<Bytes> => {
      const base = await crypto.subtle.importKey('raw', from, 'HKDF', false, ['deriveBits']);
      const how = { name: 'HKDF', hash: 'SHA-256', salt: salt(fill), info: ad };
      return new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
    };
    const expected = await hkdf(await hkdf(raw, 1), 2);
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const signing = await crypto.subtle.importKey('raw', expected, hmac, false, ['sign']);
    const signed = new Uint8Array(await crypto.subtle.sign('HMAC', signing, bytesOfText('m')));
    await expect(keyring.mac(mac, bytesOfText('m'))).resolves.toEqual(signed);
    expect(method).toBeGreaterThan(0);
  });

  it('refuses a key for another use, a method for a key, and numbers it does not know', async () => {
    const { keyring } = setUp();
    const { method, key } = await openVault(keyring);
    const mac = await keyring.subkey({ key, salt: salt(), info: ad, use: 'mac' });
    const wrong = { code: 'invalid_input' };
    expect(() => keyring.seal(mac, [])).toThrow(expect.objectContaining(wrong) as Error);
    await expect(keyring.mac(key, ad)).rejects.toMatchObject(wrong);
    await expect(keyring.mac(method, ad)).rejects.toMatchObject(wrong);
    await expect(keyring.pin(key, ad)).rejects.toMatchObject(wrong);
    await expect(keyring.mac(999, ad)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('never uses a number again', async () => {
    const { keyring } = setUp();
    const { key } = await openVault(keyring);
    const first = await keyring.subkey({ key, salt: salt(), info: ad, use: 'mac' });
    keyring.forget([first]);
    const second = await keyring.subkey({ key, salt: salt(), info: ad, use: 'mac' });
    expect(second).toBeGreaterThan(first);
    await expect(keyring.mac(first, ad)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('Keyring: letting go', () => {
  it('forgets every secret, method and key at lock, and stops what is being derived', async () => {
    const { deriver } = testDeriver();
    let slow = false;
    const stopped = vi.fn();
    const keyring = new Keyring({
      // Once slow, a derivation lasts until it is stopped.
      deriver: (job, ask, signal) =>
        slow
          ? new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => {
                stopped();
                reject(new EffectFailure('cancelled', 'Stopped on request.'));
              });
            })
          : deriver(job, ask, signal),
      deviceSecret: () => Promise.resolve(secretOf(77)),
    });
    const { method, key } = await openVault(keyring);
    await keyring.secrets.keep(8, 'passkey', secretOf(1));
    slow = true;
    const deriving = keyring.derive({ secret: 0, kind: 'device', salt: salt(), argon2: null });
    await settle();
    keyring.forgetAll();
    await expect(deriving).rejects.toMatchObject({ code: 'cancelled' });
    expect(stopped).toHaveBeenCalledOnce();
    const gone = { code: 'not_found' };
    await expect(keyring.pin(method, ad)).rejects.toMatchObject(gone);
    await expect(keyring.mac(key, ad)).rejects.toMatchObject(gone);
    await expect(keyring.secrets.take(8, 'passkey')).rejects.toMatchObject(gone);
  });

  it('keeps nothing of what was asked for before the lock and done after it', async () => {
    const { keyring } = setUp();
    const { key } = await openVault(keyring);
    const late = keyring.subkey({ key, salt: salt(), info: ad, use: 'seal' });
    keyring.forgetAll();
    await expect(late).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('overwrites a secret when it is given, and keeps few, for a short time', async () => {
    const { keyring } = setUp();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const given = secretOf(3);
      await keyring.secrets.keep(1, 'passkey', given);
      expect(given).toEqual(new Uint8Array(32));
      for (let ref = 2; ref <= SECRETS_MAX; ref += 1) {
        await keyring.secrets.keep(ref, 'passkey', secretOf(3));
      }
      await expect(keyring.secrets.keep(99, 'passkey', secretOf(3))).rejects.toMatchObject({
        code: 'no_memory',
      });
      vi.advanceTimersByTime(SECRET_MS_MAX);
      await expect(keyring.secrets.take(1, 'passkey')).rejects.toMatchObject({ code: 'not_found' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses a secret of another kind than it was given as', async () => {
    const { keyring } = setUp();
    await keyring.secrets.keep(1, 'passphrase', secretOf(3));
    await expect(keyring.secrets.take(1, 'passkey')).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('the key.* effects', () => {
  const run = async (
    runners: ReturnType<typeof keyringRunners>,
    name: KeyEffectName,
    body: unknown,
  ) => (await runners[name](body, new AbortController().signal, () => undefined)) as never;

  it('carry a whole life of a vault in base64url', async () => {
    const { keyring } = setUp();
    const runners = keyringRunners(keyring);
    await keyring.secrets.keep(7, 'passphrase', bytesOfText('correct horse battery staple'));
    const argon2 = { memoryKib: 32 * 1024, passes: 6 };
    const method: { method: number; public: string } = await run(runners, 'key.derive', {
      secret: 7,
      kind: 'passphrase',
      salt: base64urlOf(salt()),
      argon2,
    });
    const text = base64urlOf(ad);
    const made: { key: number; wraps: string[] } = await run(runners, 'key.make', {
      publics: [method.public],
      ad: [text],
    });
    const wrap = made.wraps[0] ?? '';
    const opened: { key: number } = await run(runners, 'key.open', {
      method: method.method,
      wrap,
      ad: text,
    });
    const ask = { salt: '', info: text, use: 'seal' };
    const sealing: { key: number } = await run(runners, 'key.subkey', { key: made.key, ...ask });
    const again: { key: number } = await run(runners, 'key.subkey', { key: opened.key, ...ask });
    const plain = base64urlOf(bytesOfText('render-token'));
    const sealed: { items: string[] } = await run(runners, 'key.seal', {
      key: sealing.key,
      items: [{ plain, ad: '' }],
    });
    const items = [
      { sealed: sealed.items[0], ad: '' },
      { sealed: sealed.items[0], ad: 'AA' },
    ];
    await expect(run(runners, 'key.open_sealed', { key: again.key, items })).resolves.toEqual({
      items: [{ plain }, { damaged: true }],
    });
    const pin: { mac: string } = await run(runners, 'key.pin', {
      method: method.method,
      bytes: text,
    });
    expect(bytesOfBase64url(pin.mac)).toHaveLength(32);
    const rewrapped: { wraps: string[] } = await run(runners, 'key.rewrap', {
      method: method.method,
      wrap,
      ad: text,
      publics: [method.public],
      ads: [text],
    });
    expect(rewrapped.wraps).toHaveLength(1);
    await run(runners, 'key.forget', { refs: [sealing.key] });
    await expect(run(runners, 'key.mac', { key: sealing.key, bytes: '' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await run(runners, 'key.forget', { all: true });
    await expect(
      run(runners, 'key.open', { method: method.method, wrap, ad: text }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuse what is no base64url, no kind and no use', async () => {
    const runners = keyringRunners(setUp().keyring);
    const refused = { code: 'invalid_input' };
    for (const [name, body] of [
      ['key.mac', { key: 1, bytes: '!' }],
      ['key.derive', { secret: 1, kind: 'fingerprint', salt: '' }],
      ['key.subkey', { key: 1, salt: '', info: '', use: 'everything' }],
      ['key.make', { publics: ['AA'], ad: [] }],
    ] as [KeyEffectName, unknown][]) {
      await expect(run(runners, name, body)).rejects.toMatchObject(refused);
    }
  });
});
