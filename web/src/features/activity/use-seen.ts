// Calls `onSeen` when the element scrolls near the screen, while `active`.
import { useEffect, useRef, type RefObject } from 'react';

const AHEAD = '400px';

export function useSeen<E extends Element>(
  active: boolean,
  onSeen: () => void,
): RefObject<E | null> {
  const element = useRef<E>(null);
  const latest = useRef(onSeen);
  useEffect(() => {
    latest.current = onSeen;
  });
  useEffect(() => {
    const target = element.current;
    if (!active || !target || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) latest.current();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [active]);
  return element;
}
