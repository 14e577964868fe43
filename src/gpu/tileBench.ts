// Times one product with one tile after another, on data of its own.

import type { Gpu } from './device.ts';
import type { Dispatch } from './kernel.ts';
import { createProduct, type Product, type ProductSpec } from './productKernel.ts';
import type { Tile } from './productTile.ts';
import type { Slice } from './slice.ts';
import { tokenCount } from './tokenCount.ts';

/** A measurement repeats the product until it takes this long, so that the submit does not count. */
const LEAST_RUN_MS = 4;
const MOST_REPEATS = 64;
const ROUNDS = 3;

export interface TileRun {
  /** The best of a few runs. */
  readonly ms: number;
  /** What it gives from a Y of zeros. */
  readonly result: Float32Array;
}

/** Buffers of one product, to run it with several tiles. */
export class TileBench {
  readonly #gpu: Gpu;
  readonly #spec: ProductSpec;
  readonly #slices: Slice[] = [];
  readonly #operands;
  #partials: Slice | null = null;

  constructor(gpu: Gpu, spec: ProductSpec) {
    this.#gpu = gpu;
    this.#spec = spec;
    const { layout, outputs, inputs, tokens } = spec;
    const activations = tokens * inputs;
    const results = tokens * outputs;
    const weights = outputs * inputs * (spec.gated ? 2 : 1);
    const [y, a, b] = {
      nt: [results, activations, weights],
      nn: [activations, results, weights],
      tn: [weights, results, activations],
    }[layout] as [number, number, number];
    this.#operands = {
      y: this.#filled(y),
      a: this.#filled(a),
      b: this.#filled(b),
      bias: this.#filled(outputs),
      residual: spec.residual ? this.#filled(y) : undefined,
      gain: this.#filled(inputs),
    };
  }

  /** Time of one run and its result from a cleared Y; null when the tile does not work here. */
  async run(tile: Tile): Promise<TileRun | null> {
    const gpu = this.#gpu;
    const { residual, ...operands } = this.#operands;
    let made: Product;
    try {
      made = await createProduct(gpu, this.#spec, tile);
    } catch {
      return null;
    }
    if (made.partialFloats > 0) this.#partials = this.#filled(made.partialFloats);
    const dispatches = made.dispatches(
      { ...operands, ...(residual && { residual }), ...(this.#partials && { partials: this.#partials }) },
      tokenCount(gpu, () => this.#spec.tokens),
    );
    const { y } = operands;
    const label = 'tile measurement';
    const [bytes] = await gpu.submit({ label, clear: [y], dispatches, read: [y] });
    let repeats = 1;
    let ms = await this.#time(dispatches, repeats);
    while (ms < LEAST_RUN_MS && repeats < MOST_REPEATS) {
      repeats *= 4;
      ms = await this.#time(dispatches, repeats);
    }
    for (let round = 1; round < ROUNDS; round++) ms = Math.min(ms, await this.#time(dispatches, repeats));
    return { ms: ms / repeats, result: new Float32Array(bytes!) };
  }

  destroy(): void {
    for (const { buffer } of this.#slices) buffer.destroy();
  }

  async #time(dispatches: readonly Dispatch[], repeats: number): Promise<number> {
    const began = performance.now();
    const all = Array.from({ length: repeats }, () => dispatches).flat();
    await this.#gpu.submit({ label: 'tile measurement', dispatches: all });
    return performance.now() - began;
  }

  /** A buffer of small numbers of both signs. */
  #filled(count: number): Slice {
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++) data[i] = ((i * 7919) % 251) / 251 - 0.5;
    const slice = this.#gpu.upload('tile measurement', data);
    this.#slices.push(slice);
    return slice;
  }
}
