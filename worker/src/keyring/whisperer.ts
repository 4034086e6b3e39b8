// A tab's end of whispers: each ask under a key of its own, remembered until its answer comes.
import { wipe, type Bytes } from '../bytes';
import type { DeskAnswer, DeskAsk, WhisperedMessage, WhisperMessage } from './desk';
import { packAsk } from './desk';
import { callDoor, type Whisper } from './whisper';

/** Answers still expected; the oldest is given up for a new one. */
export const WHISPERS_MAX = 16;

export class Whisperer {
  private readonly tab: string;
  private readonly open = new Map<number, Whisper>();

  constructor(tab: string) {
    this.tab = tab;
  }

  async whisper(door: Bytes, ask: DeskAsk): Promise<WhisperMessage> {
    const packed = packAsk(ask);
    try {
      const { publicKey, whisper } = await callDoor(door);
      const sealed = await whisper.seal('ask', packed);
      const [oldest] = this.open.keys();
      if (oldest !== undefined && this.open.size >= WHISPERS_MAX) this.open.delete(oldest);
      this.open.set(ask.ref, whisper);
      return { kind: 'whisper', tab: this.tab, ref: ask.ref, publicKey, sealed };
    } finally {
      wipe(packed);
    }
  }

  /** Nothing when it is no answer to an ask of this tab. */
  async hear(message: WhisperedMessage): Promise<DeskAnswer | undefined> {
    const whisper = this.open.get(message.ref);
    if (whisper === undefined) return undefined;
    try {
      const plain = await whisper.open('answer', message.sealed);
      const answer = JSON.parse(new TextDecoder().decode(plain)) as DeskAnswer;
      wipe(plain);
      this.open.delete(message.ref);
      return answer;
    } catch {
      return undefined;
    }
  }
}
