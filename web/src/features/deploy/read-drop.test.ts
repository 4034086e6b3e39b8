import { describe, expect, test } from 'vitest';
import { DropProblem, fromEntries, fromFolderInput, skippedPart } from './read-drop';

function inputFile(path: string, text = 'x'): File {
  const file = new File([text], path.split('/').at(-1) ?? path);
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

function fileEntry(name: string): FileSystemEntry {
  const file = new File(['x'], name);
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (take: (file: File) => void) => take(file),
  } as unknown as FileSystemEntry;
}

/** Hands its children out in batches, as browsers do. */
function folderEntry(name: string, children: FileSystemEntry[], batch = 2): FileSystemEntry {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (take: (entries: FileSystemEntry[]) => void) => {
          take(children.slice(at, at + batch));
          at += batch;
        },
      };
    },
  } as unknown as FileSystemEntry;
}

describe('read-drop', () => {
  test('a chosen folder: paths lose its name, what is left out is told', () => {
    const picked = fromFolderInput([
      inputFile('shop/package.json'),
      inputFile('shop/src/server.js'),
      inputFile('shop/node_modules/express/index.js'),
      inputFile('shop/.git/HEAD'),
      inputFile('shop/.DS_Store'),
    ]);
    expect(picked).toMatchObject({
      kind: 'folder',
      name: 'shop',
      skipped: ['.DS_Store', '.git', 'node_modules'],
    });
    expect(picked.kind === 'folder' && picked.files.map((file) => file.path)).toEqual([
      'package.json',
      'src/server.js',
    ]);
  });

  test('a dropped folder is walked to the end, however many batches it comes in', async () => {
    const many = Array.from({ length: 7 }, (_, i) => fileEntry(`f${i}.txt`));
    const picked = await fromEntries([
      folderEntry('site', [
        fileEntry('index.html'),
        folderEntry('assets', many),
        folderEntry('node_modules', [fileEntry('x.js')]),
      ]),
    ]);
    expect(picked.kind === 'folder' && picked.files.map((file) => file.path).sort()).toEqual([
      ...many.map((_, i) => `assets/f${i}.txt`),
      'index.html',
    ]);
    expect(picked).toMatchObject({ name: 'site', skipped: ['node_modules'] });
  });

  test('a dropped archive stays an archive', async () => {
    expect(await fromEntries([fileEntry('app.tar.gz')])).toMatchObject({
      kind: 'archive',
      name: 'app.tar.gz',
    });
  });

  test('a single other file is the app’s content', async () => {
    const picked = await fromEntries([fileEntry('index.html')]);
    expect(picked.kind === 'folder' && picked.files[0]?.path).toBe('index.html');
  });

  test('an empty folder, or one with nothing left, is told with a next step', async () => {
    await expect(fromEntries([])).rejects.toThrow(DropProblem);
    await expect(fromEntries([folderEntry('empty', [])])).rejects.toThrow('no files');
    expect(() => fromFolderInput([inputFile('a/node_modules/x.js')])).toThrow('no files');
  });

  test('only whole path parts are left out', () => {
    expect(skippedPart('src/node_modules_notes/a.js')).toBeNull();
    expect(skippedPart('src/.venv/bin/python')).toBe('.venv');
    expect(skippedPart('.gitignore')).toBeNull();
  });
});
