// What the engine needs to see of a release to find out how to run it: every path with its size, and
// the text of the few small files that say so.
import type { SourceFile } from '../generated/contract';
import { FILES_MAX, TEXT_BYTES_MAX, TEXTS_MAX, TEXTS_READ_MAX, tooManyFiles } from './limits';

/** Made anew on the node, or of no use there. */
const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '__pycache__', '.venv']);

const TEXT_NAMES = new Set([
  'automator67.yaml',
  'automator67.yml',
  'package.json',
  'requirements.txt',
  'pyproject.toml',
  'Procfile',
  '.python-version',
  '.nvmrc',
  '.node-version',
]);

export function isSkipped(path: string): boolean {
  return path.split('/').some((part) => SKIPPED_FOLDERS.has(part));
}

/** What a Mac adds to archives does not count, as in engine/deploy/release_files.h. */
function isOfMac(path: string): boolean {
  return path.startsWith('__MACOSX/') || path.endsWith('.DS_Store');
}

/** `./a//b` -> `a/b`: archives spell the same path in several ways. */
export function plainPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

export class Listing {
  readonly files: SourceFile[] = [];
  private readonly found = new Map<string, string>();
  private readonly what: string;

  constructor(what: string) {
    this.what = what;
  }

  add(path: string, bytes: number): void {
    if (this.files.length >= FILES_MAX) throw tooManyFiles(this.what);
    this.files.push({ path, bytes });
  }

  /** Texts lie at the top, or one folder down, for archives that wrap everything in one folder. */
  wantsText(path: string, bytes: number): boolean {
    const parts = path.split('/');
    return (
      parts.length <= 2 &&
      TEXT_NAMES.has(parts.at(-1) ?? '') &&
      bytes <= TEXT_BYTES_MAX &&
      this.found.size < TEXTS_READ_MAX
    );
  }

  addText(path: string, text: string): void {
    this.found.set(path, text);
  }

  /** Those of the top level, or of the one folder that everything is in. */
  texts(): Record<string, string> {
    const tops = new Set(
      this.files
        .map(({ path }) => path)
        .filter((path) => !isOfMac(path))
        .map((path) => (path.includes('/') ? path.split('/')[0] : '')),
    );
    const wrapped = tops.size === 1 && !tops.has('');
    return Object.fromEntries(
      [...this.found]
        .filter(([path]) => path.includes('/') === wrapped && !isOfMac(path))
        .slice(0, TEXTS_MAX),
    );
  }
}
