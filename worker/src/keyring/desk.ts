// The worker's desk for secrets: what a person typed comes here from the page, past the engine, and is
// kept behind the number the engine will name.
import { type Bytes, bytesOfText, wipe } from '../bytes';
import { effectErrorOf } from '../effects/effect';
import type { ErrorView } from '../generated/contract';
import type { Calibration } from './calibrate';
import { SECRET_KINDS, type SecretKind } from './derive-jobs';
import type { Deriver } from './deriver';
import type { Secrets } from './secrets';
import type { Door } from './whisper';

/** `ref` is the page's: random, so that tabs do not collide and none guesses another's. */
export type DeskAsk =
  /** `bytes` of `recovery` are the words as typed, in UTF-8. */
  | { kind: 'secret'; ref: number; use: SecretKind; bytes: Bytes }
  /** Makes recovery words, shows them to the page, and keeps what they stand for under `ref`. */
  | { kind: 'make_recovery'; ref: number }
  | { kind: 'calibrate'; ref: number };

export type DeskAnswer =
  | { kind: 'desk'; ref: number; words?: string; calibration?: Calibration }
  | { kind: 'desk_failed'; ref: number; error: ErrorView };

/** An ask from a tab that has no worker, and its answer: both only for the two ends to read. */
export type WhisperMessage = {
  kind: 'whisper';
  tab: string;
  ref: number;
  publicKey: Bytes;
  sealed: Bytes;
};
export type WhisperedMessage = { kind: 'whispered'; tab: string; ref: number; sealed: Bytes };

const RECOVERY_BYTES = 16;

export class Desk {
  private readonly secrets: Secrets;
  private readonly deriver: Deriver;
  private readonly door: Door;

  constructor(doors: { secrets: Secrets; deriver: Deriver; door: Door }) {
    this.secrets = doors.secrets;
    this.deriver = doors.deriver;
    this.door = doors.door;
  }

  async answer(ask: DeskAsk): Promise<DeskAnswer> {
    try {
      return { kind: 'desk', ref: ask.ref, ...(await this.serve(ask)) };
    } catch (cause) {
      return { kind: 'desk_failed', ref: ask.ref, error: effectErrorOf(cause) };
    }
  }

  /** Nothing when it cannot be read: then there is nobody to answer. */
  async answerWhisper(message: WhisperMessage): Promise<WhisperedMessage | undefined> {
    try {
      const whisper = await this.door.with(message.publicKey);
      const ask = unpackAsk(await whisper.open('ask', message.sealed));
      const answer = bytesOfText(JSON.stringify(await this.answer(ask)));
      const sealed = await whisper.seal('answer', answer);
      return { kind: 'whispered', tab: message.tab, ref: message.ref, sealed };
    } catch {
      return undefined;
    }
  }

  private async serve(ask: DeskAsk): Promise<{ words?: string; calibration?: Calibration }> {
    switch (ask.kind) {
      case 'secret':
        await this.keep(ask.ref, ask.use, ask.bytes);
        return {};
      case 'make_recovery': {
        const secret = crypto.getRandomValues(new Uint8Array(RECOVERY_BYTES));
        const { text } = await this.deriver('write_words', { secret: secret.slice() });
        await this.secrets.keep(ask.ref, 'recovery', secret);
        const words = new TextDecoder().decode(text);
        wipe(text);
        return { words };
      }
      case 'calibrate':
        return { calibration: await this.deriver('calibrate', {}) };
      default:
        return ask satisfies never;
    }
  }

  /** Recovery words are read here, so that a person is told at once which word is wrong. */
  private async keep(ref: number, use: SecretKind, bytes: Bytes): Promise<void> {
    if (use !== 'recovery') {
      await this.secrets.keep(ref, use, bytes);
      return;
    }
    const { secret } = await this.deriver('read_words', { text: bytes });
    await this.secrets.keep(ref, use, secret);
  }
}

const HEAD_BYTES = 2;

/** The secret stays bytes: in JSON it would be a string nobody can overwrite. `ask.bytes` is overwritten. */
export function packAsk(ask: DeskAsk): Bytes {
  const { bytes, ...rest } = { bytes: new Uint8Array(), ...ask };
  const head = bytesOfText(JSON.stringify(rest));
  const packed = new Uint8Array(HEAD_BYTES + head.length + bytes.length);
  new DataView(packed.buffer).setUint16(0, head.length);
  packed.set(head, HEAD_BYTES);
  packed.set(bytes, HEAD_BYTES + head.length);
  wipe(bytes);
  return packed;
}

/** `packed` is overwritten. Throws for anything packAsk() did not write. */
export function unpackAsk(packed: Bytes): DeskAsk {
  const end = HEAD_BYTES + new DataView(packed.buffer, packed.byteOffset).getUint16(0);
  const head = new TextDecoder().decode(packed.subarray(HEAD_BYTES, end));
  const rest = JSON.parse(head) as Exclude<DeskAsk, { kind: 'secret' }> | { kind: 'secret' };
  const bytes = packed.slice(end);
  wipe(packed);
  const ask = (rest.kind === 'secret' ? { ...rest, bytes } : rest) as DeskAsk;
  const known = ask.kind !== 'secret' || SECRET_KINDS.includes(ask.use);
  if (!known || !Number.isSafeInteger(ask.ref)) throw new Error('not an ask');
  return ask;
}
