// What the packer takes. The node has limits of its own; these only stop early what could never work.
import type { EngineError } from '../errors';
import { hostError } from '../errors';

/** A folder's files together, or an archive as it is. */
export const SOURCE_BYTES_MAX = 512 * 1024 * 1024;
/** What an archive may hold unpacked; far below what a gzip bomb would reach. */
export const UNPACKED_BYTES_MAX = 4 * 1024 * 1024 * 1024;
/** Of the contract: Source.files and Source.texts. */
export const FILES_MAX = 100_000;
export const TEXTS_MAX = 20;
/** Read while it is not known yet whether one folder wraps everything. */
export const TEXTS_READ_MAX = 200;
export const TEXT_BYTES_MAX = 256 * 1024;
export const NAME_CHARS_MAX = 255;

const MIB = 1024 * 1024;

export function tooLarge(what: string, bytes: number): EngineError {
  return hostError(
    'too_large',
    `${what} holds ${Math.ceil(bytes / MIB)} MiB; at most ${SOURCE_BYTES_MAX / MIB} MiB can be deployed.`,
    'Leave out what the app does not need to run, or deploy from a Git URL.',
  );
}

export function tooManyFiles(what: string): EngineError {
  return hostError(
    'too_large',
    `${what} holds more than ${FILES_MAX.toLocaleString('en')} files.`,
    'Leave out what the app does not need to run; dependencies are installed on the node.',
  );
}

export function badArchive(what: string, why: string): EngineError {
  return hostError(
    'bad_archive',
    `${what} cannot be read: ${why}.`,
    'Pack it again as .tar.gz or .zip, or drop the folder itself.',
  );
}
