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
export { connect } from './connect';
