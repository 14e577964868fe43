// Numbers as JSON lines carry them.

import { shortFloat } from '../policy/shortFloat.ts';

/** The nearest float32 in the fewest digits that read back as the same float32; NaN and infinities are null. */
export function float(value: number): number | null {
  return Number.isFinite(value) ? shortFloat(value) : null;
}

export function floats(values: Iterable<number>): (number | null)[] {
  return Array.from(values, float);
}
