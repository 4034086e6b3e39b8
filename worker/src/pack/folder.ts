// Packs a dropped folder into a tar.gz. The same files give the same bytes: paths are sorted, times
// and owners left out, so that deploying an unchanged folder again uploads nothing.
import { createTarPacker } from 'modern-tar';
import type { FolderFile } from '../client';
import { hostError } from '../errors';
import { collect, type Packed } from './blob-sink';
import { isSkipped, Listing, plainPath } from './detection';
import { SOURCE_BYTES_MAX, tooLarge } from './limits';

const MODE_FILE = 0o644;
const MODE_PROGRAM = 0o755;
const EPOCH = new Date(0);
const ELF = [0x7f, 0x45, 0x4c, 0x46];
const SHEBANG = [0x23, 0x21];

export type PackedFolder = Packed & { listing: Listing };

// A browser does not tell a file's mode, so programs are known by how they begin.
async function isProgram(file: File): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, ELF.length).arrayBuffer());
  return [ELF, SHEBANG].some((magic) => magic.every((byte, i) => head[i] === byte));
}

type Entry = { path: string; file: File };

async function writeEntries(
  entries: readonly Entry[],
  listing: Listing,
  controller: ReturnType<typeof createTarPacker>['controller'],
  onBytes: (done: number) => void,
): Promise<void> {
  let done = 0;
  for (const { path, file } of entries) {
    listing.add(path, file.size);
    if (listing.wantsText(path, file.size)) listing.addText(path, await file.text());
    const body = controller.add({
      name: path,
      size: file.size,
      mode: (await isProgram(file)) ? MODE_PROGRAM : MODE_FILE,
      mtime: EPOCH,
      uid: 0,
      gid: 0,
    });
    await file.stream().pipeTo(body);
    done += file.size;
    onBytes(done);
  }
  controller.finalize();
}

function entriesOf(files: readonly FolderFile[]): Entry[] {
  return files
    .map(({ path, file }) => ({ path: plainPath(path), file }))
    .filter(({ path }) => path !== '' && !isSkipped(path))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

export async function packFolder(
  files: readonly FolderFile[],
  onBytes: (done: number, total: number) => void,
): Promise<PackedFolder> {
  const entries = entriesOf(files);
  if (entries.length === 0) {
    throw hostError(
      'invalid_input',
      'The folder holds no files that could be deployed.',
      'Drop the folder of the app itself; node_modules, .git, __pycache__ and .venv are left out.',
    );
  }
  const total = entries.reduce((sum, { file }) => sum + file.size, 0);
  if (total > SOURCE_BYTES_MAX) throw tooLarge('The folder', total);
  const listing = new Listing('The folder');
  const { readable, controller } = createTarPacker();
  const gzip = readable.pipeThrough(new CompressionStream('gzip'));
  const writing = writeEntries(entries, listing, controller, (done) => {
    onBytes(done, total);
  }).catch((cause: unknown) => {
    // A file that was changed or removed meanwhile; the reader must not wait for the rest.
    controller.error(cause);
    throw cause;
  });
  const [packed] = await Promise.all([collect(gzip, 'application/gzip'), writing]);
  return { ...packed, listing };
}
