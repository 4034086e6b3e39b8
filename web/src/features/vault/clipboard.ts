// Copies something that should not stay on the clipboard, and clears it after a while.
//
// What is on the clipboard cannot be read back without asking the person, so it is cleared unless
// something else was copied on this page since.
export const CLIPBOARD_MS = 30_000;

let clearing: AbortController | null = null;

function forget(): void {
  clearing?.abort();
  clearing = null;
}

async function clear(signal: AbortSignal): Promise<void> {
  try {
    await navigator.clipboard.writeText('');
    if (!signal.aborted) forget();
  } catch {
    // Refused because another window has the focus: as soon as this one has it again.
    if (signal.aborted) return;
    window.addEventListener('focus', () => void clear(signal), { once: true, signal });
  }
}

/** Rejects when the browser refuses. */
export async function copyForAWhile(text: string, ms = CLIPBOARD_MS): Promise<void> {
  await navigator.clipboard.writeText(text);
  forget();
  const abort = new AbortController();
  clearing = abort;
  const timer = setTimeout(() => void clear(abort.signal), ms);
  abort.signal.addEventListener('abort', () => clearTimeout(timer));
  document.addEventListener('copy', forget, { signal: abort.signal });
  document.addEventListener('cut', forget, { signal: abort.signal });
}
