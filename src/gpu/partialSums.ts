// Sums over many tokens in two passes: parts side by side into scratch, then the parts in order. No atomics, so the
// same tokens give the same bits.

import type { Gpu } from './device.ts';
import type { Dispatch } from './kernel.ts';
import { splitsOf } from './productTile.ts';
import type { Slice } from './slice.ts';
import { tokenCount } from './tokenCount.ts';
import { loadShader } from './wgsl.ts';

const ADD_THREADS = 64;
const SUM_THREADS = 32;
/** A row of workgroups of the second pass; more elements take more rows. */
const MOST_GROUPS_X = 32_768;

/** The second pass, compiled: y [elements] = (y +) the sum of partials [splits, elements]; nothing when there are no tokens. */
export async function addPartialSums(
  gpu: Gpu,
  { elements, splits, accumulate }: { elements: number; splits: number; accumulate: boolean },
): Promise<(y: Slice, partials: Slice, tokens: () => number) => Dispatch> {
  const kernel = await gpu.kernel({
    label: 'add partial sums',
    code: loadShader('add_partial_sums.wgsl', { THREADS: ADD_THREADS, ACCUMULATE: accumulate }),
    bindings: ['uniform', 'write', 'read'],
  });
  const sizes = gpu.uniform('partial sums', Uint32Array.of(elements, splits));
  const groups = Math.ceil(elements / ADD_THREADS);
  const x = Math.min(groups, MOST_GROUPS_X);
  return (y, partials, tokens) => ({
    kernel,
    group: gpu.bind(kernel, [sizes, y, partials]),
    grid: () => (tokens() === 0 ? [0, 0, 0] : [x, Math.ceil(groups / x), 1]),
  });
}

const scratch = new WeakMap<Gpu, Slice>();

/** Scratch for parts, one for all sums of a GPU: dispatches run in order, and each pair uses it up. */
export function partsScratch(gpu: Gpu, floats: number): Slice {
  let slice = scratch.get(gpu);
  if (slice === undefined || slice.size < 4 * floats) {
    slice = gpu.storage('partial sums', 4 * floats);
    scratch.set(gpu, slice);
  }
  return slice;
}

export interface ColumnSumsOptions {
  /** Number of rows, asked for at encode time. */
  readonly m: () => number;
  readonly n: number;
  /** [m, n] */
  readonly a: Slice;
  /** [n] */
  readonly out: Slice;
  /** The most rows there will be; default what `a` holds. */
  readonly most?: number;
}

/**
 * out [n] += the sum of the m rows of a [m, n]: the gradient of a bias.
 * @throws GpuError 'invalid' when a kernel does not compile.
 */
export async function columnSums(gpu: Gpu, options: ColumnSumsOptions): Promise<readonly Dispatch[]> {
  const { n, a, out } = options;
  const tokens = tokenCount(gpu, options.m);
  const across = Math.ceil(n / SUM_THREADS);
  const splits = splitsOf(gpu, options.most ?? a.size / 4 / n, across, n);
  const partials = partsScratch(gpu, splits * n);
  const kernel = await gpu.kernel({
    label: 'column sums',
    code: loadShader('column_sums.wgsl', { THREADS: SUM_THREADS }),
    bindings: ['uniform', 'uniform', 'write', 'read'],
  });
  const add = await addPartialSums(gpu, { elements: n, splits, accumulate: true });
  const sizes = gpu.uniform('column sums', Uint32Array.of(n, splits));
  return [
    {
      kernel,
      group: gpu.bind(kernel, [sizes, tokens.uniform, partials, a]),
      grid: () => (tokens.now() === 0 ? [0, 0, 0] : [across, splits, 1]),
    },
    add(out, partials, tokens.now),
  ];
}
