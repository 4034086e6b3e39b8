// From what a person dropped to a Source: pack or read it, hash it, keep it in this browser.
import type { FolderFile, PackProgress } from '../client';
import type { Source } from '../generated/contract';
import { type Database } from '../effects/database';
import { saveBlob } from '../effects/blobs';
import { asStorageFailure } from '../effects/storage-failure';
import { hostError } from '../errors';
import { formatOf, listArchive } from './archive';
import { hashOf } from './blob-sink';
import { packFolder } from './folder';
import { NAME_CHARS_MAX, SOURCE_BYTES_MAX, tooLarge } from './limits';

/** `keep: false`: it is only described (the demo, which leaves nothing behind). */
export type PackJob = ({ folder: readonly FolderFile[] } | { archive: File }) & { keep?: false };

async function keep(database: Database | null, sha256: string, blob: Blob): Promise<void> {
  if (database === null) return;
  try {
    await saveBlob(database, sha256, blob);
  } catch (cause) {
    throw hostError(
      asStorageFailure(cause).code === 'disk_full' ? 'disk_full' : 'store_failed',
      'This browser could not keep the archive: its storage is full or blocked.',
      'Free some disk space, leave the private window, or deploy from a Git URL.',
    );
  }
}

async function packAndKeep(
  folder: readonly FolderFile[],
  database: Database | null,
  onProgress: (progress: PackProgress) => void,
): Promise<Source> {
  const { blob, sha256, listing } = await packFolder(folder, (done, total) => {
    onProgress({ stage: 'packing', done, total });
  });
  onProgress({ stage: 'saving', done: 0, total: blob.size });
  await keep(database, sha256, blob);
  return {
    kind: 'archive',
    sha256,
    bytes: blob.size,
    format: 'tar.gz',
    files: listing.files,
    texts: listing.texts(),
  };
}

async function listAndKeep(
  file: File,
  database: Database | null,
  onProgress: (progress: PackProgress) => void,
): Promise<Source> {
  if (file.size > SOURCE_BYTES_MAX) throw tooLarge(file.name, file.size);
  const format = await formatOf(file);
  const listing = await listArchive(file, format);
  const sha256 = await hashOf(file, (done) => {
    onProgress({ stage: 'hashing', done, total: file.size });
  });
  onProgress({ stage: 'saving', done: 0, total: file.size });
  await keep(database, sha256, file);
  return {
    kind: 'archive',
    sha256,
    bytes: file.size,
    format,
    name: file.name.slice(0, NAME_CHARS_MAX),
    files: listing.files,
    texts: listing.texts(),
  };
}

export function pack(
  job: PackJob,
  database: Database | null,
  onProgress: (progress: PackProgress) => void,
): Promise<Source> {
  return 'folder' in job
    ? packAndKeep(job.folder, database, onProgress)
    : listAndKeep(job.archive, database, onProgress);
}
