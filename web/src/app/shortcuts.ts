// Keyboard shortcuts: `g` then a letter goes somewhere, `g` then `l` locks, `?` shows the list, Ctrl/Cmd-K the palette.
import { useEffect, useRef } from 'react';
import { DESTINATIONS } from './destinations';

const SEQUENCE_MS = 1200;
export const LOCK_KEY = 'l';

export type ShortcutActions = {
  go: (path: string) => void;
  openPalette: () => void;
  openHelp: () => void;
  lock: () => void;
};

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

export function useShortcuts(actions: ShortcutActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let goPressedAt = -SEQUENCE_MS;
    function onKeyDown(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"]')) return;
      if (event.key === '?') {
        event.preventDefault();
        latest.current.openHelp();
        return;
      }
      const waiting = event.timeStamp - goPressedAt < SEQUENCE_MS;
      const destination = DESTINATIONS.find((one) => one.key === event.key.toLowerCase());
      if (waiting && event.key.toLowerCase() === LOCK_KEY) {
        event.preventDefault();
        goPressedAt = -SEQUENCE_MS;
        latest.current.lock();
        return;
      }
      if (waiting && destination) {
        event.preventDefault();
        goPressedAt = -SEQUENCE_MS;
        latest.current.go(destination.path);
        return;
      }
      if (event.key === 'g') goPressedAt = event.timeStamp;
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
