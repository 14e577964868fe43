// jax-js arrays and the Float32Arrays of this side.

import type { numpy as np } from '@jax-js/jax';
import type { Sums } from './graph.ts';

/** Sums read back; n values each. */
export type SumValues = { readonly [Name in keyof Sums]: Float32Array };

/** The values of an array, which is given up. */
export async function read(array: np.Array): Promise<Float32Array> {
  return (await array.data()) as Float32Array;
}

export async function readSums({ chosen, total, totalTau, weighted }: Sums): Promise<SumValues> {
  return {
    chosen: await read(chosen),
    total: await read(total),
    totalTau: await read(totalTau),
    weighted: await read(weighted),
  };
}

/** sum += x */
export function addInto(sum: Float32Array, x: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += x[i]!;
}
