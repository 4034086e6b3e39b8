// Collects bytes into a Blob and hashes them on the way. Every so often what came is folded into a
// Blob of its own, so that the browser can move it out of memory.
import { createSHA256 } from 'hash-wasm';

const FOLD_BYTES = 16 * 1024 * 1024;

export type Packed = { blob: Blob; sha256: string };

export async function collect(
  stream: ReadableStream<Uint8Array>,
  type: string,
  onBytes: (total: number) => void = () => undefined,
): Promise<Packed> {
  const hash = await createSHA256();
  const folded: Blob[] = [];
  let parts: BlobPart[] = [];
  let partBytes = 0;
  let total = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    hash.update(value);
    parts.push(value as Uint8Array<ArrayBuffer>);
    partBytes += value.byteLength;
    total += value.byteLength;
    onBytes(total);
    if (partBytes < FOLD_BYTES) continue;
    folded.push(new Blob(parts));
    parts = [];
    partBytes = 0;
  }
  return { blob: new Blob([...folded, ...parts], { type }), sha256: hash.digest('hex') };
}

/** The hash of bytes that are kept elsewhere already. */
export async function hashOf(blob: Blob, onBytes: (total: number) => void): Promise<string> {
  const hash = await createSHA256();
  let total = 0;
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return hash.digest('hex');
    hash.update(value);
    total += value.byteLength;
    onBytes(total);
  }
}
