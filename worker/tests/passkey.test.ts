import { describe, expect, it } from 'vitest';
import { base64urlOf } from '../src/bytes';
import { makePasskey, type PasskeyDoors, passkeySupport, usePasskey } from '../src/passkey';

const salt = new Uint8Array(32).fill(5);
const id = new Uint8Array([1, 2, 3]);

type Asked = {
  create: PublicKeyCredentialCreationOptions[];
  get: PublicKeyCredentialRequestOptions[];
};

/** An authenticator: what it makes of the PRF extension when made and when used. */
function authenticator(whenMade: unknown, whenUsed: unknown = whenMade) {
  const asked: Asked = { create: [], get: [] };
  const answer = (prf: unknown): Promise<Credential> => {
    if (prf instanceof Error) return Promise.reject(prf);
    return Promise.resolve({
      rawId: id.buffer.slice(0),
      getClientExtensionResults: () => (prf === undefined ? {} : { prf }),
    } as never);
  };
  const doors: PasskeyDoors = {
    credentials: {
      create: (options) => {
        if (options?.publicKey !== undefined) asked.create.push(options.publicKey);
        return answer(whenMade);
      },
      get: (options) => {
        if (options?.publicKey !== undefined) asked.get.push(options.publicKey);
        return answer(whenUsed);
      },
    },
    random: (bytes) => bytes.fill(9),
  };
  return { doors, asked };
}

const secret = (fill: number, length = 32) => ({
  results: { first: new Uint8Array(length).fill(fill).buffer },
});
const refused = (name: string): Error => new DOMException('', name);

describe('makePasskey', () => {
  it('gives the secret at once when the authenticator computes it while made', async () => {
    const { doors, asked } = authenticator({ enabled: true, ...secret(7) });
    const answer = await makePasskey({ salt, name: 'home', known: [new Uint8Array([4])] }, doors);
    expect(answer).toEqual({ credential: id, bytes: new Uint8Array(32).fill(7) });
    expect(asked.get).toEqual([]);
    const [options] = asked.create;
    expect(options?.extensions).toEqual({ prf: { eval: { first: salt } } });
    expect(options?.authenticatorSelection?.userVerification).toBe('required');
    expect(options?.excludeCredentials?.map(({ id: known }) => known)).toEqual([
      new Uint8Array([4]),
    ]);
  });

  it('asks the new passkey once more when it computes secrets only while used', async () => {
    const { doors, asked } = authenticator({ enabled: true }, secret(8));
    const answer = await makePasskey({ salt, name: 'home' }, doors);
    expect(answer.bytes).toEqual(new Uint8Array(32).fill(8));
    expect(asked.get).toHaveLength(1);
  });

  it.each([undefined, { enabled: false }, {}])(
    'says that the passkey cannot unlock when the answer about PRF is %j',
    async (prf) => {
      await expect(
        makePasskey({ salt, name: 'x' }, authenticator(prf).doors),
      ).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('PRF') as string,
        hint: expect.stringContaining('passphrase') as string,
      });
    },
  );
});

describe('usePasskey', () => {
  it('names for every passkey the salt of its own', async () => {
    const { doors, asked } = authenticator(undefined, secret(3));
    const other = { credential: new Uint8Array([9]), salt: new Uint8Array(32).fill(6) };
    await usePasskey([{ credential: id, salt }, other], doors);
    expect(asked.get[0]?.extensions).toEqual({
      prf: {
        evalByCredential: {
          [base64urlOf(id)]: { first: salt },
          [base64urlOf(other.credential)]: { first: other.salt },
        },
      },
    });
  });

  it('leaves no copy of the secret in the browser`s answer', async () => {
    const prf = secret(3);
    await usePasskey([{ credential: id, salt }], authenticator(prf).doors);
    expect(new Uint8Array(prf.results.first)).toEqual(new Uint8Array(32));
  });

  it('refuses a secret of another length', async () => {
    const { doors } = authenticator(secret(3, 16));
    await expect(usePasskey([{ credential: id, salt }], doors)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it.each([
    ['NotAllowedError', 'cancelled'],
    ['InvalidStateError', 'conflict'],
    ['SecurityError', 'forbidden'],
    ['NotSupportedError', 'not_found'],
    ['EncodingError', 'internal'],
  ])('turns %s into a message a person can act on', async (name, code) => {
    const { doors } = authenticator(undefined, refused(name));
    await expect(usePasskey([{ credential: id, salt }], doors)).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/\w/) as string,
    });
  });

  it('says so where the browser has no passkeys', async () => {
    const doors: PasskeyDoors = { credentials: undefined, random: (bytes) => bytes };
    await expect(usePasskey([], doors)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('passkeySupport', () => {
  it('tells yes, no and unknown apart', async () => {
    const { doors } = authenticator(undefined);
    const telling = (capabilities: Record<string, boolean>): PasskeyDoors => ({
      ...doors,
      capabilities: () => Promise.resolve(capabilities),
    });
    await expect(passkeySupport(telling({ 'extension:prf': true }))).resolves.toBe('yes');
    await expect(passkeySupport(telling({ 'extension:prf': false }))).resolves.toBe('no');
    await expect(passkeySupport(telling({}))).resolves.toBe('unknown');
    await expect(passkeySupport(doors)).resolves.toBe('unknown');
    await expect(passkeySupport({ ...doors, credentials: undefined })).resolves.toBe('no');
  });
});
