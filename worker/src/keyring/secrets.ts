// What a person gave (a passphrase, recovery words, a passkey's answer), behind the number the engine
// names it by. Few, for a short time, and sealed while they wait.
import { type Bytes, wipe } from '../bytes';
import { EffectFailure } from '../effects/effect';
import type { SecretKind } from './derive-jobs';
import type { Boxed, Strongbox } from './strongbox';

export const SECRETS_MAX = 16;
/** A secret no command asked for by then is let go of. */
export const SECRET_MS_MAX = 5 * 60_000;

type Kept = { kind: SecretKind; boxed: Promise<Boxed>; timer: ReturnType<typeof setTimeout> };

export class Secrets {
  private readonly box: Strongbox;
  private readonly kept = new Map<number, Kept>();

  constructor(box: Strongbox) {
    this.box = box;
  }

  /** `secret` is overwritten. */
  async keep(ref: number, kind: SecretKind, secret: Bytes): Promise<void> {
    this.forget(ref);
    if (this.kept.size >= SECRETS_MAX) {
      wipe(secret);
      throw new EffectFailure('no_memory', `${SECRETS_MAX} secrets wait to be used already.`, {
        hint: 'Lock, then try again.',
      });
    }
    const boxed = this.box.put(secret);
    const timer = setTimeout(() => {
      this.kept.delete(ref);
    }, SECRET_MS_MAX);
    this.kept.set(ref, { kind, boxed, timer });
    await boxed;
  }

  /** A copy that whoever takes it must overwrite. */
  async take(ref: number, kind: SecretKind): Promise<Bytes> {
    const kept = this.kept.get(ref);
    if (kept === undefined) {
      throw new EffectFailure('not_found', 'What was typed in is no longer here.', {
        hint: 'Give it again.',
      });
    }
    if (kept.kind !== kind) {
      throw new EffectFailure(
        'invalid_input',
        `A ${kept.kind} was given where a ${kind} is taken.`,
      );
    }
    return this.box.use(await kept.boxed, (secret) => Promise.resolve(secret.slice()));
  }

  forget(ref: number): void {
    const kept = this.kept.get(ref);
    if (kept === undefined) return;
    clearTimeout(kept.timer);
    this.kept.delete(ref);
  }

  forgetAll(): void {
    for (const ref of [...this.kept.keys()]) this.forget(ref);
  }
}
