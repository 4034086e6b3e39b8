// Every wrong guess makes the next one wait longer. The real cost of a guess is the key derivation;
// this one is for a person who tries by hand.
import { useCallback, useEffect, useState } from 'react';

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
const TICK_MS = 250;

export type Penalty = { secondsLeft: number; add: () => void };

export function usePenalty(): Penalty {
  const [wrong, setWrong] = useState(0);
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const timer = setInterval(() => {
      const at = Date.now();
      setNow(at);
      if (at >= until) setUntil(0);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [until]);

  const add = useCallback(() => {
    const at = Date.now();
    setNow(at);
    setUntil(at + Math.min(LONGEST_MS, FIRST_MS * 2 ** wrong));
    setWrong(wrong + 1);
  }, [wrong]);
  return { secondsLeft: Math.max(0, Math.ceil((until - now) / 1000)), add };
}
