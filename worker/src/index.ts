export type {
  Client,
  CommandName,
  EventName,
  FolderFile,
  PackProgress,
  Role,
  SendOptions,
  Status,
} from './client';
export { EngineError } from './errors';
export * from './generated/contract';
import type { Client } from './client';
export declare function connect(): Promise<Client>;
