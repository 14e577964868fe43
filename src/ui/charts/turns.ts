// Drawing a chart costs the page some 20 ms on a slow machine. Charts therefore take turns: one in a frame, none more
// often than four times a second, and all together at most a third of the time. Nothing is drawn while the page is hidden,
// because no frames come then.

import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

const LEAST_MS_BETWEEN_DRAWINGS = 250;
/** After a drawing that took t, the next chart waits so many times t. */
const REST = 2;

type Drawing = () => void;

const waiting = new Set<Drawing>();
let isScheduled = false;

function schedule(afterMs: number): void {
  isScheduled = true;
  setTimeout(() => requestAnimationFrame(drawNext), afterMs);
}

function drawNext(): void {
  const [drawing] = waiting;
  isScheduled = false;
  if (drawing === undefined) return;
  waiting.delete(drawing);
  const began = performance.now();
  drawing();
  if (waiting.size > 0) schedule(REST * (performance.now() - began));
}

function takeTurn(drawing: Drawing): void {
  waiting.add(drawing);
  if (!isScheduled) schedule(0);
}

/**
 * `value` as it was at this chart's last turn; it draws anew when its turn comes.
 * @param isActive false: takes no turns, and catches up when it is true again
 */
export function useTurn<T>(value: T, isActive: boolean): T {
  const [drawn, setDrawn] = useState(value);
  const drawnAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!isActive || Object.is(value, drawn)) return;
    const drawing = () => {
      drawnAt.current = performance.now();
      flushSync(() => setDrawn(value));
    };
    const waitMs = drawnAt.current + LEAST_MS_BETWEEN_DRAWINGS - performance.now();
    const timer = setTimeout(() => takeTurn(drawing), Math.max(0, waitMs));
    return () => {
      clearTimeout(timer);
      waiting.delete(drawing);
    };
  }, [value, drawn, isActive]);
  return drawn;
}
