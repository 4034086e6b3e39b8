// What tabs of one browser tell each other over the BroadcastChannel.
import type { ErrorView } from './generated/contract';
import type { Bytes } from './bytes';
import type { WhisperedMessage, WhisperMessage } from './keyring/desk';
import type { Answer, CancelMessage, CommandMessage, EventMessage } from './protocol';

export type LeaderState = 'starting' | 'ready' | 'crashed';

export type TabMessage =
  | { type: 'who' }
  | {
      type: 'leader';
      leader: string;
      protocol: number;
      state: LeaderState;
      /** Why: a crash, or that it was locked. */
      error: ErrorView | null;
      /** Where to whisper to (keyring/whisper.ts). */
      door: Bytes | null;
    }
  | { type: 'command'; to: string; from: string; message: CommandMessage | CancelMessage }
  | { type: 'answer'; to: string; from: string; message: Answer }
  | { type: 'event'; from: string; message: EventMessage }
  | { type: 'restart'; to: string }
  /** With a workspace: the engine that is started is for that one. */
  | { type: 'lock'; workspace?: string }
  /** Everything is about to be erased: end your engine and start none. */
  | { type: 'retire' }
  /** Nothing is left: begin anew. */
  | { type: 'erased' }
  | { type: 'whisper'; to: string; message: WhisperMessage }
  | { type: 'whispered'; to: string; from: string; message: WhisperedMessage };

export const CHANNEL = 'automator67';
/** Held by the tab that runs the engine. */
export const ENGINE_LOCK = 'automator67-engine';
/** Held by every tab while it lives, so that the leader notices when it is gone. */
export const tabLock = (tab: string): string => `automator67-tab-${tab}`;

export type Channel = {
  postMessage(message: TabMessage): void;
  close(): void;
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
};
