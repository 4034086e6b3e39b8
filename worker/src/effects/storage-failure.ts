// What went wrong with this browser's storage, in words a person can act on.
//
// IndexedDB tells by a DOMException's name, and browsers differ: a private window of Firefox answers
// InvalidStateError or UnknownError where storage forbidden by a setting answers SecurityError.
import { EffectFailure } from './effect';

export type StorageTrouble = 'full' | 'forbidden' | 'private' | 'newer' | 'held' | 'broken';

const WORDS: Record<StorageTrouble, string> = {
  full: 'This browser has no room left. Free space on the disk or remove stored data of other sites.',
  forbidden:
    'This browser forbids this page to store anything. Allow cookies and site data for it, then reload.',
  private:
    'This window cannot keep anything (private window). Open the page in an ordinary window.',
  newer:
    'A newer version of Automator67 uses the storage of this browser now. Reload this page to get it.',
  held: 'Another tab with an older version of Automator67 holds the storage. Close that tab, then try again.',
  broken:
    'This browser could not use its storage. Nothing was lost; reload the page and try again.',
};

/** `open`: while the database was being opened, when InvalidStateError means a private window. */
export function storageTroubleOf(cause: unknown, open = false): StorageTrouble {
  if (cause instanceof ReferenceError) return 'forbidden'; // there is no indexedDB at all
  switch (cause instanceof Error ? cause.name : '') {
    case 'QuotaExceededError':
      return 'full';
    case 'SecurityError':
    case 'NotAllowedError':
      return 'forbidden';
    case 'VersionError':
      return 'newer';
    case 'InvalidStateError':
      return open ? 'private' : 'newer'; // an open connection was closed for a newer version
    case 'UnknownError':
      return open ? 'private' : 'broken';
    default:
      return 'broken';
  }
}

export function storageFailure(trouble: StorageTrouble): EffectFailure {
  return new EffectFailure(trouble === 'full' ? 'disk_full' : 'store_failed', WORDS[trouble]);
}

export function asStorageFailure(cause: unknown, open = false): EffectFailure {
  return cause instanceof EffectFailure ? cause : storageFailure(storageTroubleOf(cause, open));
}
