export { base64urlOf, bytesOfPassphrase, bytesOfText } from './bytes';
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
export { newWorkspaceId, storedWorkspace } from './workspace';
export { askToPersist, copyOfRows, eraseDevice, storageReport, type StorageReport } from './device';
export type { Calibration } from './keyring/calibrate';
export type { Argon2Params, SecretKind } from './keyring/derive-jobs';
export {
  type KnownPasskey,
  makePasskey,
  type NewPasskey,
  type PasskeyAnswer,
  passkeySupport,
  usePasskey,
} from './passkey';
