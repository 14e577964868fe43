// The logits of the next token out of what a run of a language model gives: those of all positions, perhaps in 16 bits.

import type { Gpu } from '../gpu/device.ts';
import { linearGrid, PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';

export interface RunLogits {
  /** [rows, positions, V] */
  readonly buffer: GPUBuffer;
  readonly rows: number;
  readonly positions: number;
  readonly vocabulary: number;
  /** True: 16-bit floats, packed in pairs. False: 32-bit ones. */
  readonly isHalf: boolean;
}

/**
 * The last position's logits of each row, [rows, V] in 32-bit floats, in a buffer of their own, which the caller
 * destroys. Not waited for: whoever reads them submits behind this, and hears of its failure. `buffer` may be
 * destroyed at once.
 */
export async function lastLogits(gpu: Gpu, logits: RunLogits): Promise<Slice> {
  const { buffer, rows, positions, vocabulary, isHalf } = logits;
  const elements = rows * vocabulary;
  const size = Math.ceil((elements * positions * (isHalf ? 2 : 4)) / 4) * 4;
  const sizes = gpu.uniform('last logits sizes', Uint32Array.of(vocabulary, positions, elements, 0));
  const slice = { ...gpu.storage('last logits', 4 * elements), size: 4 * elements };
  try {
    const dispatches = await new PlanBuilder(gpu)
      .add(
        'last_logits.wgsl',
        { HALF: isHalf },
        [uniform(sizes), read({ buffer, offset: 0, size }), write(slice)],
        linearGrid(elements),
      )
      .build();
    gpu.submit({ label: 'last logits', dispatches }).catch(() => {});
    return slice;
  } catch (cause) {
    slice.buffer.destroy();
    throw cause;
  } finally {
    sizes.buffer.destroy();
  }
}
