// Bytes into a bucket and out of it. They cross to the engine inside JSON, so that a file has to be small; a larger one
// is read in parts.
import { base64urlOf, type ErrorView } from '@automator67/worker';
import { useEffect, useRef, useState } from 'react';
import { isCancelled, toErrorView } from '../../../engine/errors';
import { useSend } from '../../../engine/hooks';
import { showToast } from '../../../ui/toast-store';
import { fileName, type StoredObject } from './object-tree';
import { bytesIn } from './outputs';

export const UPLOAD_BYTES_MAX = 6 * 1024 * 1024;
export const DOWNLOAD_BYTES_MAX = 256 * 1024 * 1024;
const PART_BYTES = 4 * 1024 * 1024;

export type Transfer = {
  /** What is under way, in words; null when nothing is. */
  busy: string | null;
  error: ErrorView | null;
  clear: () => void;
  download: (object: StoredObject) => Promise<void>;
  /** Resolves with how many arrived. */
  upload: (files: readonly File[], prefix: string) => Promise<number>;
};

export function useTransfer(account: string, bucket: string): Transfer {
  const send = useSend();
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  async function during<T>(steps: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    abort.current = new AbortController();
    setError(null);
    try {
      return await steps(abort.current.signal);
    } catch (failure) {
      if (!isCancelled(failure)) setError(toErrorView(failure));
      return undefined;
    } finally {
      setBusy(null);
    }
  }

  async function read(object: StoredObject, signal: AbortSignal): Promise<Blob> {
    const parts: BlobPart[] = [];
    for (let offset = 0; offset < object.size; offset += PART_BYTES) {
      const percent = Math.floor((offset / object.size) * 100);
      setBusy(`Reading ${fileName(object.key)}: ${percent} %`);
      const length = Math.min(PART_BYTES, object.size - offset);
      const input = { bucket, key: object.key, offset, length };
      const body = { account, operation: 'object.get', input };
      const bytes = bytesIn((await send('account.run', body, { signal })).output);
      if (!bytes) throw unreadable(object.key);
      parts.push(bytes);
    }
    return new Blob(parts, { type: 'application/octet-stream' });
  }

  async function download(object: StoredObject): Promise<void> {
    if (object.size > DOWNLOAD_BYTES_MAX) return setError(tooLarge(object.key, '256 MB', 'read'));
    const blob = await during((signal) => read(object, signal));
    if (blob) saveAs(fileName(object.key), blob);
  }

  async function upload(files: readonly File[], prefix: string): Promise<number> {
    const large = files.find((file) => file.size > UPLOAD_BYTES_MAX);
    if (large) {
      setError(tooLarge(large.name, '6 MB', 'sent'));
      return 0;
    }
    let count = 0;
    await during(async (signal) => {
      for (const file of files) {
        setBusy(`Sending ${file.name} (${count + 1} of ${files.length})`);
        const bytes = base64urlOf(await bytesOf(file));
        const type = file.type === '' ? {} : { type: file.type };
        const input = { bucket, key: `${prefix}${file.name}`, bytes, ...type };
        await send('account.run', { account, operation: 'object.put', input }, { signal });
        count += 1;
      }
    });
    if (count > 0)
      showToast({ title: count === 1 ? 'One file is there.' : `${count} files are there.` });
    return count;
  }

  return { busy, error, clear: () => setError(null), download, upload };
}

const tooLarge = (name: string, most: string, done: string): ErrorView => ({
  code: 'too_large',
  message: `${fileName(name)} is larger than ${most}, the most that can be ${done} from here.`,
  hint: 'Use the provider’s own tools for it.',
});

const unreadable = (key: string): ErrorView => ({
  code: 'internal',
  message: `What came for ${fileName(key)} are no bytes.`,
  hint: 'Try again.',
});

// FileReader instead of `arrayBuffer()`, so that a file that vanished meanwhile is an error with words.
function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read.'));
    reader.readAsArrayBuffer(file);
  });
}

function saveAs(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}
