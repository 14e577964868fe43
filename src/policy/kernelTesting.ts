// Runs one kernel on given numbers, for the tests that compare kernels with float64. Test code only; nothing that ships
// imports this.

import { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import type { BindingKind, Grid } from '../gpu/kernel.ts';
import { PlanBuilder } from '../gpu/plan.ts';
import type { WgslConstants } from '../gpu/wgsl.ts';
import { packRows, positions } from './batch.ts';

export type Operand = readonly [kind: BindingKind, data: Float32Array | Uint32Array];

/** Stands behind the contents of every written buffer and must come back as it was. */
const GUARD = Float32Array.of(1234.5, -1234.5, 1234.5, -1234.5, 1234.5, -1234.5, 1234.5, -1234.5);

/**
 * Runs shaders/`shader` once; returns what each 'write' operand then holds, in order.
 * @throws Error when the kernel wrote beyond an operand
 */
export async function runKernel(
  gpu: Gpu,
  shader: string,
  constants: WgslConstants,
  operands: readonly Operand[],
  grid: Grid,
): Promise<Float32Array[]> {
  const memory = new Buffers(gpu);
  try {
    const bindings = operands.map(([kind, data], i) => {
      const label = `${shader} ${i}`;
      if (kind === 'uniform') return [kind, memory.uniform(label, data)] as const;
      if (kind === 'read') return [kind, memory.upload(label, data)] as const;
      const slice = memory.storage(label, data.byteLength + GUARD.byteLength);
      gpu.write(slice, data);
      gpu.write(slice, GUARD, data.byteLength);
      return [kind, slice] as const;
    });
    const dispatches = await new PlanBuilder(gpu).add(shader, constants, bindings, grid).build();
    const read = bindings.flatMap(([kind, slice]) => (kind === 'write' ? [slice] : []));
    const lengths = operands.flatMap(([kind, data]) => (kind === 'write' ? [data.length] : []));
    const results = await gpu.submit({ label: shader, dispatches, read });
    return results.map((bytes, i) => {
      const all = new Float32Array(bytes);
      const length = lengths[i]!;
      if (GUARD.some((value, g) => all[length + g] !== value))
        throw new Error(`${shader} wrote beyond the ${length} values of its result ${i}.`);
      return all.slice(0, length);
    });
  } finally {
    memory.destroy();
  }
}

/** Numbers in [-1, 1) from a small generator with a fixed seed. */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Whole numbers in [0, below). */
export function wholeNumbers(count: number, below: number, seed: number): Uint32Array {
  return Uint32Array.from(numbers(count, seed), (x) => Math.floor(((x + 1) / 2) * below));
}

export const float64 = (x: Float32Array): Float64Array => Float64Array.from(x);

/** The largest |got - want| / (1 + |want|); infinite where a value is missing or no number. */
export function worstError(got: Float32Array, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  got.forEach((value, i) => {
    const error = Math.abs(value - want[i]!) / (1 + Math.abs(want[i]!));
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  });
  return worst;
}

/** Rows of these lengths, end to end, with what the kernels ask about them. */
export function raggedRows(lengths: readonly number[]) {
  const { rowStart } = packRows(lengths.map((length) => new Int32Array(length)));
  const tokens = rowStart.at(-1)!;
  return {
    rowStart,
    tokens,
    positions: positions(rowStart),
    /** [from, to) of every row. */
    ranges: lengths.map((_, b) => [rowStart[b]!, rowStart[b + 1]!] as const),
    /** Struct Batch of shaders/batch.wgsl. */
    sizes: (tiles = 0, buckets = 0) => Uint32Array.of(tokens, lengths.length, tiles, buckets),
  };
}

/** Columns [from, from + width) of rows of `stride` values. */
export function columnsOf(x: ArrayLike<number>, stride: number, from: number, width: number): Float64Array {
  const rows = x.length / stride;
  const out = new Float64Array(rows * width);
  for (let t = 0; t < rows; t++) for (let i = 0; i < width; i++) out[t * width + i] = x[t * stride + from + i]!;
  return out;
}
