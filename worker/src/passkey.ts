// A passkey's secret, by the PRF extension of WebAuthn (Level 3, section 10.1.4). It runs in the page:
// a worker cannot ask an authenticator.
//
// No server checks anything here, so the challenge is random and the answer's signature is not looked at:
// what unlocks is the 32 bytes only this authenticator can compute from the salt in the vault's header.
import { base64urlOf, type Bytes } from './bytes';
import { cancelled, EngineError, hostError } from './errors';

export const PRF_BYTES = 32;
const WAIT_MS = 120_000;
const CHALLENGE_BYTES = 32;
const ES256 = -7;
const ED25519 = -8;
const RS256 = -257;

export type PasskeyDoors = {
  credentials: Pick<CredentialsContainer, 'create' | 'get'> | undefined;
  random: (bytes: Bytes) => Bytes;
  /** Of PublicKeyCredential, where the browser can tell what it offers. */
  capabilities?: (() => Promise<Record<string, boolean | undefined>>) | undefined;
};

/** `credential` is the passkey's id, kept in the header; `bytes` are the secret. */
export type PasskeyAnswer = { credential: Bytes; bytes: Bytes };
export type NewPasskey = {
  salt: Bytes;
  /** What the authenticator shows beside the passkey, e.g. the workspace's name. */
  name: string;
  /** Passkeys this workspace has already: one authenticator need not hold two. */
  known?: readonly Bytes[];
};
export type KnownPasskey = { credential: Bytes; salt: Bytes };

type PrfOutputs = { prf?: { enabled?: boolean; results?: { first?: BufferSource } } };

export function browserPasskeyDoors(): PasskeyDoors {
  const type =
    typeof PublicKeyCredential === 'undefined'
      ? undefined
      : (PublicKeyCredential as unknown as {
          getClientCapabilities?: PasskeyDoors['capabilities'];
        });
  return {
    credentials: type === undefined ? undefined : navigator.credentials,
    random: (bytes) => crypto.getRandomValues(bytes),
    capabilities: type?.getClientCapabilities?.bind(type),
  };
}

/** `unknown`: this browser does not say; only trying tells. */
export async function passkeySupport(
  doors: PasskeyDoors = browserPasskeyDoors(),
): Promise<'yes' | 'no' | 'unknown'> {
  if (doors.credentials === undefined) return 'no';
  if (doors.capabilities === undefined) return 'unknown';
  const prf = (await doors.capabilities())['extension:prf'];
  if (prf === undefined) return 'unknown';
  return prf ? 'yes' : 'no';
}

/** Makes a passkey and asks it for its secret. Rejects with EngineError. */
export async function makePasskey(
  wish: NewPasskey,
  doors: PasskeyDoors = browserPasskeyDoors(),
): Promise<PasskeyAnswer> {
  const credential = await asked(doors, (container) =>
    container.create({
      publicKey: {
        rp: { name: 'Automator67' },
        user: {
          // Random: two workspaces on one authenticator must not replace each other's passkey.
          id: doors.random(new Uint8Array(CHALLENGE_BYTES)),
          name: wish.name,
          displayName: wish.name,
        },
        challenge: doors.random(new Uint8Array(CHALLENGE_BYTES)),
        pubKeyCredParams: [ES256, ED25519, RS256].map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: (wish.known ?? []).map((id) => ({ type: 'public-key', id })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        attestation: 'none',
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: wish.salt } } },
      },
    }),
  );
  const { prf } = credential.getClientExtensionResults() as PrfOutputs;
  const id = new Uint8Array(credential.rawId);
  if (prf?.results?.first !== undefined) return answerOf(id, prf.results.first);
  if (prf?.enabled !== true) throw noPrf();
  // Many authenticators compute it only when used, not when made.
  return usePasskey([{ credential: id, salt: wish.salt }], doors);
}

/** Asks whichever of these passkeys the person has at hand for its secret. Rejects with EngineError. */
export async function usePasskey(
  known: readonly KnownPasskey[],
  doors: PasskeyDoors = browserPasskeyDoors(),
): Promise<PasskeyAnswer> {
  const evalByCredential = Object.fromEntries(
    known.map(({ credential, salt }) => [base64urlOf(credential), { first: salt }]),
  );
  const credential = await asked(doors, (container) =>
    container.get({
      publicKey: {
        challenge: doors.random(new Uint8Array(CHALLENGE_BYTES)),
        allowCredentials: known.map(({ credential: id }) => ({ type: 'public-key', id })),
        userVerification: 'required',
        timeout: WAIT_MS,
        extensions: { prf: { evalByCredential } },
      },
    }),
  );
  const { prf } = credential.getClientExtensionResults() as PrfOutputs;
  if (prf?.results?.first === undefined) throw noPrf();
  return answerOf(new Uint8Array(credential.rawId), prf.results.first);
}

function answerOf(credential: Bytes, first: BufferSource): PasskeyAnswer {
  const view = ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
    : new Uint8Array(first);
  if (view.length !== PRF_BYTES) throw noPrf();
  const bytes = new Uint8Array(view);
  view.fill(0);
  return { credential, bytes };
}

async function asked(
  doors: PasskeyDoors,
  ask: (container: Pick<CredentialsContainer, 'create' | 'get'>) => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  if (doors.credentials === undefined) throw noPasskeys();
  let answer: Credential | null;
  try {
    answer = await ask(doors.credentials);
  } catch (cause) {
    throw named(cause);
  }
  if (answer === null) throw cancelled();
  return answer as PublicKeyCredential;
}

function named(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  switch (cause instanceof Error ? cause.name : '') {
    // Browsers do not tell a person who pressed "cancel" from a passkey that is not there.
    case 'NotAllowedError':
    case 'AbortError':
      return hostError(
        'cancelled',
        'No passkey answered: it was cancelled, took too long, or none of the workspace is on this device.',
        'Try again, or unlock another way.',
      );
    case 'InvalidStateError':
      return hostError(
        'conflict',
        'This authenticator has a passkey for the workspace already.',
        'Use that one, or choose another authenticator.',
      );
    case 'SecurityError':
      return hostError(
        'forbidden',
        'This browser allows no passkeys at this address.',
        'Open the page over https, under a host name and not an IP address.',
      );
    case 'NotSupportedError':
    case 'ConstraintError':
      return noPrf();
    default:
      return hostError(
        'internal',
        `The passkey could not be used (${cause instanceof Error ? cause.name : 'unknown'}).`,
        'Try again, or unlock another way.',
      );
  }
}

function noPasskeys(): EngineError {
  return hostError(
    'not_found',
    'This browser has no passkeys here.',
    'Use a passphrase or the recovery words, or open the page over https in a current browser.',
  );
}

function noPrf(): EngineError {
  return hostError(
    'not_found',
    'This passkey cannot unlock: the browser or the authenticator lacks the PRF extension it takes.',
    'Use a passphrase, or a passkey of another kind (of Android, of iCloud, or a recent security key).',
  );
}
