// From a drop or a chosen folder to a flat list of files, leaving out what never belongs in a
// release. What was left out is told to the person, so nothing disappears silently.
import type { FolderFile } from '@automator67/worker';

const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '__pycache__', '.venv']);
const SKIPPED_FILES = new Set(['.DS_Store', 'Thumbs.db']);
const ARCHIVE = /\.(tar\.gz|tgz|zip)$/i;
/** Of the contract: Source.files. */
export const FILES_MAX = 100_000;

export type Picked =
  | { kind: 'folder'; name: string; files: FolderFile[]; skipped: string[] }
  | { kind: 'archive'; name: string; file: File };

export class DropProblem extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export function isArchive(name: string): boolean {
  return ARCHIVE.test(name);
}

/** The first part of `path` that is left out of releases, if any. */
export function skippedPart(path: string): string | null {
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  if (SKIPPED_FILES.has(last)) return last;
  return parts.slice(0, -1).find((part) => SKIPPED_FOLDERS.has(part)) ?? null;
}

/** Files of an `<input webkitdirectory>`: their paths begin with the chosen folder's name. */
export function fromFolderInput(list: readonly File[]): Picked {
  const first = list[0]?.webkitRelativePath ?? '';
  const name = first.split('/')[0] || 'app';
  const files: FolderFile[] = [];
  const skipped = new Set<string>();
  for (const file of list) {
    const path = file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
    const part = skippedPart(path);
    if (part) skipped.add(part);
    else files.push({ path, file });
  }
  return folderOf(name, files, skipped);
}

function folderOf(name: string, files: FolderFile[], skipped: ReadonlySet<string>): Picked {
  if (files.length === 0) {
    throw new DropProblem(
      'This folder holds no files to deploy.',
      'Choose the folder of the app itself, the one with package.json, index.html or automator67.yaml.',
    );
  }
  if (files.length > FILES_MAX) {
    throw new DropProblem(
      `This folder holds more than ${FILES_MAX.toLocaleString('en')} files.`,
      'Leave out what is not needed to run the app, or deploy from Git.',
    );
  }
  return { kind: 'folder', name, files, skipped: [...skipped].sort() };
}

/** Must be called before the first await of a drop handler: the browser empties the list then. */
export function entriesOf(items: DataTransferItemList): FileSystemEntry[] {
  return [...items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry): entry is FileSystemEntry => entry !== null);
}

export async function fromEntries(entries: readonly FileSystemEntry[]): Promise<Picked> {
  const only = entries.length === 1 ? entries[0] : undefined;
  if (only?.isFile && isArchive(only.name)) {
    return { kind: 'archive', name: only.name, file: await fileOf(only as FileSystemFileEntry) };
  }
  if (entries.length === 0) {
    throw new DropProblem(
      'Nothing was dropped that can be read.',
      'Drop a folder, a .tar.gz, .tgz or .zip.',
    );
  }
  const files: FolderFile[] = [];
  const skipped = new Set<string>();
  // One dropped folder is the app; several things dropped together are its contents.
  const roots = only?.isDirectory ? await childrenOf(only as FileSystemDirectoryEntry) : entries;
  const waiting = roots.map((entry) => ({ entry, path: entry.name }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { entry, path } = next;
    const part = skippedPart(entry.isDirectory ? `${path}/` : path);
    if (part) {
      skipped.add(part);
    } else if (entry.isFile) {
      files.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
      if (files.length > FILES_MAX) break;
    } else {
      const children = await childrenOf(entry as FileSystemDirectoryEntry);
      waiting.push(...children.map((child) => ({ entry: child, path: `${path}/${child.name}` })));
    }
  }
  return folderOf(only?.name ?? 'app', files, skipped);
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function childrenOf(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const all: FileSystemEntry[] = [];
  // A reader hands out at most about a hundred entries at a time; an empty answer is the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return all;
    all.push(...batch);
  }
}
