// The number of tokens of a step: asked for when the step is encoded, and known to the shaders through a uniform.

import type { Gpu } from './device.ts';
import type { Slice } from './slice.ts';

export interface TokenCount {
  /** 16 bytes whose first u32 is the count. */
  readonly uniform: Slice;
  /** The count now; brings the uniform up to date. Call it between one submit and the next. */
  readonly now: () => number;
}

const counts = new WeakMap<Gpu, WeakMap<() => number, TokenCount>>();

/** One uniform for each asker, however many products share it. */
export function tokenCount(gpu: Gpu, ask: () => number): TokenCount {
  const known = counts.get(gpu) ?? new WeakMap<() => number, TokenCount>();
  counts.set(gpu, known);
  let count = known.get(ask);
  if (count === undefined) {
    const uniform = gpu.uniform('token count', Uint32Array.of(0, 0, 0, 0));
    let last = 0;
    const now = () => {
      const value = ask();
      if (value !== last) gpu.write(uniform, Uint32Array.of(value));
      last = value;
      return value;
    };
    count = { uniform, now };
    known.set(ask, count);
  }
  return count;
}
