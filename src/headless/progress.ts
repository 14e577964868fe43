// Remarks about a long run, at most one a second.

import type { Io } from './io.ts';

const INTERVAL_MS = 1000;

/** Returns a function that notes its argument unless it did so less than a second ago; the first second is silent. */
export function throttledNotes(io: Io): (line: string) => void {
  let last = performance.now();
  return (line) => {
    const now = performance.now();
    if (now - last < INTERVAL_MS) return;
    last = now;
    io.note(line);
  };
}
