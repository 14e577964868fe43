import { useEffect, useState } from 'react';

/**
 * How many of `count` parts are to be in the page by now: one more each frame, in order, so that a room with many parts
 * never holds the page up for long.
 */
export function useOneByOne(count: number): number {
  const [come, setCome] = useState(1);
  useEffect(() => {
    if (come >= count) return;
    const frame = requestAnimationFrame(() => setCome(come + 1));
    return () => cancelAnimationFrame(frame);
  }, [come, count]);
  return come;
}
