// Reads what an archive holds, without unpacking it: paths, sizes and the texts detection needs.
import { BlobReader, configure, TextWriter, ZipReader } from '@zip.js/zip.js';
import { createTarDecoder } from 'modern-tar';
import { EngineError } from '../errors';
import { Listing, plainPath } from './detection';
import { badArchive, UNPACKED_BYTES_MAX } from './limits';

export type ArchiveFormat = 'tar.gz' | 'zip';

const GZIP = [0x1f, 0x8b];
const ZIP = [0x50, 0x4b];

// We are in a worker already, and the page's policy does not allow workers made from blob URLs.
configure({ useWebWorkers: false });

/** By its first bytes: names lie. */
export async function formatOf(file: File): Promise<ArchiveFormat> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (GZIP.every((byte, i) => head[i] === byte)) return 'tar.gz';
  if (ZIP.every((byte, i) => head[i] === byte)) return 'zip';
  throw badArchive(file.name, 'it is neither a gzip-compressed tar nor a zip');
}

function limited(what: string): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > UNPACKED_BYTES_MAX)
        controller.error(badArchive(what, 'it unpacks to over 4 GiB'));
      else controller.enqueue(chunk);
    },
  });
}

async function listTar(file: File, listing: Listing): Promise<void> {
  const entries = file
    .stream()
    .pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>)
    .pipeThrough(limited(file.name))
    .pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of entries) {
    const path = plainPath(header.name);
    if (header.type === 'file' && path !== '') {
      listing.add(path, header.size);
      if (listing.wantsText(path, header.size)) {
        listing.addText(path, await new Response(body).text());
        continue;
      }
    }
    await body.cancel();
  }
}

async function listZip(file: File, listing: Listing): Promise<void> {
  const reader = new ZipReader(new BlobReader(file));
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      const path = plainPath(entry.filename);
      if (entry.directory || path === '') continue;
      listing.add(path, entry.uncompressedSize);
      if (listing.wantsText(path, entry.uncompressedSize)) {
        listing.addText(path, await entry.getData(new TextWriter()));
      }
    }
  } finally {
    await reader.close();
  }
}

export async function listArchive(file: File, format: ArchiveFormat): Promise<Listing> {
  const listing = new Listing(file.name);
  try {
    await (format === 'zip' ? listZip(file, listing) : listTar(file, listing));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw badArchive(file.name, 'it is damaged or cut off');
  }
  if (listing.files.length === 0) throw badArchive(file.name, 'it holds no files');
  return listing;
}
