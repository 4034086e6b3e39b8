// Byte strings as they cross the boundary: base64url without padding (RFC 4648, section 5).

export type Bytes = Uint8Array<ArrayBuffer>;

/** Arguments of one call of String.fromCharCode; far below every engine's limit. */
const CHARS_AT_A_TIME = 0x2000;
const ALPHABET = /^[A-Za-z0-9_-]*$/;

// Current browsers have both built in, thirty times as quick; TypeScript's library does not know them yet.
type Options = { alphabet: 'base64url'; omitPadding?: boolean };
type Encodes = { toBase64?: (options: Options) => string };
type Decodes = { fromBase64?: (text: string, options: Options) => Bytes };

export function base64urlOf(bytes: Uint8Array): string {
  const quick = bytes as Encodes;
  if (quick.toBase64 !== undefined) {
    return quick.toBase64({ alphabet: 'base64url', omitPadding: true });
  }
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHARS_AT_A_TIME) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + CHARS_AT_A_TIME)));
  }
  return btoa(parts.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Throws a RangeError for anything but base64url without padding. */
export function bytesOfBase64url(text: string): Bytes {
  if (text.length % 4 === 1 || !ALPHABET.test(text)) throw new RangeError('not base64url');
  const quick = Uint8Array as Decodes;
  if (quick.fromBase64 !== undefined) return quick.fromBase64(text, { alphabet: 'base64url' });
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export function bytesOfText(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** A passphrase as the vault takes it: NFC, so that every keyboard gives the same bytes for the same letters. */
export function bytesOfPassphrase(text: string): Bytes {
  return bytesOfText(text.normalize('NFC'));
}

/** Overwrites them; those given away to another worker are empty already. */
export function wipe(...secrets: (Uint8Array | undefined)[]): void {
  for (const secret of secrets) {
    if (secret !== undefined && secret.length > 0) secret.fill(0);
  }
}
