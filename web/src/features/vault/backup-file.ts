// A backup's bytes between the browser's files and the engine's text (base64url).

/** The engine takes no more. */
export const BACKUP_BYTES_MAX = 48 * 1024 * 1024;

const DATA_URL_MARK = 'base64,';

/** Rejects when the browser cannot read the file. */
export function readBackup(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read.'));
    reader.onload = () => {
      const url = typeof reader.result === 'string' ? reader.result : '';
      const at = url.indexOf(DATA_URL_MARK);
      const text = at < 0 ? '' : url.slice(at + DATA_URL_MARK.length);
      resolve(text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''));
    };
    reader.readAsDataURL(file);
  });
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

export function saveFile(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}
