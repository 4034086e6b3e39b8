// The work that WebCrypto cannot do (Argon2id) or not everywhere (X25519), as messages to a short-lived
// worker: one job in, one answer out. The work itself is the kdf module's (worker/kdf/bridge.cpp).
import { type Bytes, wipe } from '../bytes';
import type { EffectError } from '../protocol';
import type { KdfFailed, KdfModule } from '../kdf/kdf.mjs';
import { calibrate, type Calibration } from './calibrate';

export const SECRET_KINDS = ['passphrase', 'recovery', 'passkey', 'device'] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];
export type Argon2Params = { memoryKib: number; passes: number };
export type WrapKey = { key: Bytes; nonce: Bytes };
export type SenderWrapKey = WrapKey & { enc: Bytes };

type Jobs = {
  derive: {
    ask: { kind: SecretKind; secret: Bytes; salt: Bytes; argon2: Argon2Params | null };
    answer: { seed: Bytes; publicKey: Bytes };
  };
  /** One key per public key, each from an ephemeral pair of its own. */
  wrap_keys: {
    ask: { publics: Bytes[]; contexts: Bytes[] };
    answer: { keys: SenderWrapKey[] };
  };
  open_wrap_key: { ask: { seed: Bytes; enc: Bytes; context: Bytes }; answer: WrapKey };
  write_words: { ask: { secret: Bytes }; answer: { text: Bytes } };
  read_words: { ask: { text: Bytes }; answer: { secret: Bytes } };
  calibrate: { ask: Record<string, never>; answer: Calibration };
};

export type JobName = keyof Jobs;
export type JobAsk<J extends JobName> = Jobs[J]['ask'];
export type JobAnswer<J extends JobName> = Jobs[J]['answer'];
export type Job = { [J in JobName]: { job: J } & Jobs[J]['ask'] }[JobName];
export type JobEnd = { answer: JobAnswer<JobName> } | { error: EffectError };

export type JobDoors = { random: (bytes: Bytes) => Bytes; now: () => number };

const SEED_BYTES = 32;

class JobFailure extends Error {
  readonly error: EffectError;

  constructor(error: EffectError) {
    super(error.message);
    this.error = error;
  }
}

function must<T extends object>(result: T | KdfFailed): T {
  if ('error' in result) throw new JobFailure(result.error);
  return result;
}

/** Everything secret in `job` is overwritten. */
export function performJob(kdf: KdfModule, job: Job, doors: JobDoors): JobEnd {
  try {
    if (!kdf.selfTest()) {
      throw new Error('the module for keys computes wrong answers on this device');
    }
    return { answer: answerOf(kdf, job, doors) };
  } catch (cause) {
    if (cause instanceof JobFailure) return { error: cause.error };
    return {
      error: { code: 'internal', message: cause instanceof Error ? cause.message : String(cause) },
    };
  } finally {
    if ('secret' in job) wipe(job.secret);
    if ('seed' in job) wipe(job.seed);
    if ('text' in job) wipe(job.text);
  }
}

function answerOf(kdf: KdfModule, job: Job, doors: JobDoors): JobAnswer<JobName> {
  switch (job.job) {
    case 'derive': {
      const { memoryKib, passes } = job.argon2 ?? { memoryKib: 0, passes: 0 };
      const { seed } = must(kdf.deriveSeed(job.kind, job.secret, job.salt, memoryKib, passes));
      return { seed, ...must(kdf.publicKey(seed)) };
    }
    case 'wrap_keys':
      return {
        keys: job.publics.map((publicKey, at) => {
          const ephemeral = doors.random(new Uint8Array(SEED_BYTES));
          try {
            return must(kdf.wrapKeyFor(ephemeral, publicKey, job.contexts[at] ?? new Uint8Array()));
          } finally {
            wipe(ephemeral);
          }
        }),
      };
    case 'open_wrap_key':
      return must(kdf.openWrapKey(job.seed, job.enc, job.context));
    case 'write_words':
      return must(kdf.writeWords(job.secret));
    case 'read_words':
      return must(kdf.readWords(job.text));
    case 'calibrate':
      return calibrate((params) => timeOf(kdf, params, doors));
    default:
      return job satisfies never;
  }
}

/** Milliseconds of one derivation; undefined when the device could not spare the memory. */
function timeOf(kdf: KdfModule, params: Argon2Params, doors: JobDoors): number | undefined {
  const salt = new Uint8Array(16);
  const begin = doors.now();
  const result = kdf.deriveSeed(
    'passphrase',
    new Uint8Array([1]),
    salt,
    params.memoryKib,
    params.passes,
  );
  if ('seed' in result) return doors.now() - begin;
  if (result.error.code === 'no_memory') return undefined;
  throw new JobFailure(result.error);
}
