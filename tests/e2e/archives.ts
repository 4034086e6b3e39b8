// Sources made for a test: archives, broken ones included, and a Git repository.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export function tarGzOf(folder: string, into: string): string {
  const file = join(into, `${basename(folder)}.tar.gz`);
  execFileSync('tar', [
    ...['--exclude=node_modules', '-czf', file],
    ...['-C', dirname(folder), basename(folder)],
  ]);
  return file;
}

export function repositoryOf(folder: string, into: string): string {
  const work = join(into, `${basename(folder)}-work`);
  cpSync(folder, work, {
    recursive: true,
    filter: (path) => basename(path) !== 'node_modules',
  });
  const git = (...args: string[]) =>
    execFileSync('git', [
      ...['-C', work, '-c', 'user.name=Test', '-c', 'user.email=test@example.org'],
      ...args,
    ]);
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'first');
  return `file://${work}`;
}

export function folderOf(into: string, name: string, files: Record<string, string>): string {
  const folder = join(into, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

// One entry of a tar archive (POSIX ustar), any name at all.
function tarEntry(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  body.write(text);
  return Buffer.concat([header, body]);
}

export function hostileTar(into: string, entries: Record<string, string>): string {
  const file = join(into, 'hostile.tar.gz');
  const parts = Object.entries(entries).map(([name, text]) => tarEntry(name, text));
  writeFileSync(file, gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)])));
  return file;
}
