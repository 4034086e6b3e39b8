import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import { packTar, unpackTar } from 'modern-tar';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FolderFile, PackProgress } from '../src/client';
import { loadBlob } from '../src/effects/blobs';
import { type Database, openDatabase } from '../src/effects/database';
import { Listing } from '../src/pack/detection';
import { FILES_MAX, SOURCE_BYTES_MAX, TEXT_BYTES_MAX } from '../src/pack/limits';
import { pack } from '../src/pack/pack';

let database: Database;
let count = 0;

beforeEach(async () => {
  database = await openDatabase(`pack-${count++}`);
});

const fileOf = (path: string, content: BlobPart): FolderFile => ({
  path,
  file: new File([content], path.split('/').at(-1) ?? ''),
});

const packed = (
  job: { folder: FolderFile[] } | { archive: File },
  onProgress: (progress: PackProgress) => void = () => undefined,
) => pack(job, database, onProgress);

const app = (): FolderFile[] => [
  fileOf('server.js', 'listen()'),
  fileOf('package.json', '{"name":"guestbook"}'),
  fileOf('public/index.html', '<h1>hi</h1>'),
];

async function unpack(sha256: string) {
  const blob = await loadBlob(database, sha256);
  if (blob === undefined) throw new Error('not kept');
  return unpackTar(blob.stream().pipeThrough(new DecompressionStream('gzip')));
}

async function tarGz(entries: [string, string][], name = 'app.tar.gz'): Promise<File> {
  const tar = await packTar(
    entries.map(([path, body]) => ({
      header: { name: path, size: Buffer.byteLength(body) },
      body,
    })),
  );
  return new File([gzipSync(tar)], name);
}

async function zip(entries: [string, string][]): Promise<File> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [path, body] of entries) await writer.add(path, new TextReader(body));
  return new File([await writer.close()], 'app.zip');
}

describe('packing a folder', () => {
  it('keeps a tar.gz under its SHA-256 and describes it', async () => {
    const source = await packed({ folder: app() });
    const blob = await loadBlob(database, source.sha256 ?? '');
    const bytes = Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(source.sha256);
    expect(source).toMatchObject({
      kind: 'archive',
      format: 'tar.gz',
      bytes: bytes.length,
      texts: { 'package.json': '{"name":"guestbook"}' },
      files: [
        { path: 'package.json', bytes: 20 },
        { path: 'public/index.html', bytes: 11 },
        { path: 'server.js', bytes: 8 },
      ],
    });
    const entries = await unpack(source.sha256 ?? '');
    expect(entries.map(({ header }) => header.name)).toEqual([
      'package.json',
      'public/index.html',
      'server.js',
    ]);
  });

  it('gives the same bytes for the same files, in any order, at any time', async () => {
    const first = await packed({ folder: app() });
    const later = app()
      .reverse()
      .map(({ path, file }) => ({ path, file: new File([file], file.name, { lastModified: 5 }) }));
    expect((await packed({ folder: later })).sha256).toBe(first.sha256);
  });

  it('leaves out what is made anew on the node', async () => {
    const source = await packed({
      folder: [
        ...app(),
        fileOf('node_modules/express/index.js', 'x'),
        fileOf('.git/HEAD', 'ref'),
        fileOf('lib/__pycache__/a.pyc', 'x'),
        fileOf('.venv/bin/python', 'x'),
      ],
    });
    expect(source.files).toHaveLength(3);
  });

  it('marks programs as such, by how they begin', async () => {
    const source = await packed({
      folder: [
        fileOf('run.sh', '#!/bin/sh\n'),
        fileOf('app', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2])),
        fileOf('data.txt', 'text'),
      ],
    });
    const entries = await unpack(source.sha256 ?? '');
    expect(Object.fromEntries(entries.map(({ header }) => [header.name, header.mode]))).toEqual({
      app: 0o755,
      'run.sh': 0o755,
      'data.txt': 0o644,
    });
  });

  it('does not send along a text that is too large to be one', async () => {
    const source = await packed({
      folder: [fileOf('package.json', 'x'.repeat(TEXT_BYTES_MAX + 1))],
    });
    expect(source.texts).toEqual({});
    expect(source.files).toHaveLength(1);
  });

  it('packs long and unusual names', async () => {
    const path = `${'very-long-folder-name/'.repeat(12)}файл ü.txt`;
    const source = await packed({ folder: [fileOf(path, 'x')] });
    const [entry] = await unpack(source.sha256 ?? '');
    expect(entry?.header.name).toBe(path);
  });

  it('tells how far it is', async () => {
    const onProgress = vi.fn();
    await packed({ folder: app() }, onProgress);
    expect(onProgress).toHaveBeenCalledWith({ stage: 'packing', done: 39, total: 39 });
  });

  it('refuses an empty folder, too many files and too many bytes', async () => {
    await expect(packed({ folder: [] })).rejects.toMatchObject({ code: 'invalid_input' });
    const big = { path: 'big', file: { size: SOURCE_BYTES_MAX + 1 } as File };
    await expect(packed({ folder: [big] })).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('at most 512 MiB') as string,
    });
    const listing = new Listing('The folder');
    for (let i = 0; i < FILES_MAX; i += 1) listing.add(`f${i}`, 0);
    expect(() => {
      listing.add('one more', 0);
    }).toThrow(/more than 100,000 files/);
  });

  it('ends with an error, not in waiting, when a file cannot be read', async () => {
    const broken = new File(['x'], 'broken');
    broken.stream = () =>
      new ReadableStream({
        start(controller) {
          controller.error(new DOMException('gone', 'NotFoundError'));
        },
      });
    await expect(packed({ folder: [{ path: 'broken', file: broken }] })).rejects.toThrow();
  });
});

describe('taking an archive', () => {
  const entries: [string, string][] = [
    ['Procfile', 'web: run'],
    ['lib/a.py', 'pass'],
  ];

  it('lists a tar.gz without changing it', async () => {
    const file = await tarGz(entries);
    const source = await packed({ archive: file });
    expect(source).toMatchObject({
      format: 'tar.gz',
      name: 'app.tar.gz',
      bytes: file.size,
      sha256: createHash('sha256')
        .update(Buffer.from(await file.arrayBuffer()))
        .digest('hex'),
      files: [
        { path: 'Procfile', bytes: 8 },
        { path: 'lib/a.py', bytes: 4 },
      ],
      texts: { Procfile: 'web: run' },
    });
  });

  it('lists a zip, whatever its name says', async () => {
    const file = new File([await zip(entries)], 'misnamed.tar.gz');
    await expect(packed({ archive: file })).resolves.toMatchObject({
      format: 'zip',
      texts: { Procfile: 'web: run' },
    });
  });

  it('finds the texts of an archive that wraps everything in one folder', async () => {
    const file = await tarGz([
      ['__MACOSX/._Procfile', ''],
      ...entries.map(([path, body]): [string, string] => [`./app-1.0/${path}`, body]),
    ]);
    const source = await packed({ archive: file });
    expect(source.texts).toEqual({ 'app-1.0/Procfile': 'web: run' });
  });

  it('refuses what is no archive, a broken one and an empty one', async () => {
    for (const bytes of [
      Buffer.from('plain text'),
      gzipSync('no tar at all, but long enough to be read as something'.repeat(40)),
      Buffer.from(await (await tarGz(entries)).arrayBuffer()).subarray(0, 60),
      Buffer.from(await (await zip(entries)).arrayBuffer()).subarray(0, 60),
      gzipSync(Buffer.alloc(1024)),
    ]) {
      await expect(packed({ archive: new File([bytes], 'bad') })).rejects.toMatchObject({
        code: 'bad_archive',
      });
    }
  });
});
