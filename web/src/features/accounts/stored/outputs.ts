// What object.* and document.* operations answer, read leniently like the other outputs.
import type { StoredObject } from './object-tree';

export type StoredDocument = { id: string; value: unknown };

type Members = Record<string, unknown>;

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? (value as Members) : {};

const listOf = (output: unknown, name: string): Members[] => {
  const list = membersOf(output)[name];
  return Array.isArray(list) ? list.map(membersOf) : [];
};

export function objectsIn(output: unknown): { objects: StoredObject[]; after: string | null } {
  const { after } = membersOf(output);
  return {
    objects: listOf(output, 'objects').flatMap(({ key, size, changedAt }) =>
      typeof key === 'string' && typeof size === 'number'
        ? { key, size, ...(typeof changedAt === 'number' && { changedAt }) }
        : [],
    ),
    after: typeof after === 'string' && after !== '' ? after : null,
  };
}

export function documentsIn(output: unknown): StoredDocument[] {
  return listOf(output, 'documents').flatMap(({ id, value }) =>
    typeof id === 'string' ? { id, value } : [],
  );
}

export function bytesIn(output: unknown): Uint8Array<ArrayBuffer> | null {
  const { bytes } = membersOf(output);
  return typeof bytes === 'string' ? fromBase64Url(bytes) : null;
}

/** RFC 4648, 5, without padding; null when it is none. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}
