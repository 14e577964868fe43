// Matrix products, the three that a linear layer needs, by whichever tile suits the GPU.
//
// A layer has weights W [outputs, inputs], row-major. Forward it turns activations X [tokens, inputs] into
//   nt   Y  = X W^T        [tokens, outputs]
// and backward, from dY [tokens, outputs],
//   nn   dX = dY W         [tokens, inputs]
//   tn   dW += dY^T X      [outputs, inputs], summed over the tokens in parts that a second pass adds up in order
//
// Every size is fixed but the number of tokens, m, which is asked for at encode time.

import type { Gpu } from './device.ts';
import type { Dispatch } from './kernel.ts';
import { partsScratch } from './partialSums.ts';
import { createProduct, type ProductOperands, type ProductSpec } from './productKernel.ts';
import type { Tile } from './productTile.ts';
import type { Slice } from './slice.ts';
import { tokenCount } from './tokenCount.ts';
import { chooseTile } from './tuner.ts';

export interface ProductOptions {
  /**
   * nt: out [m, n] = a [m, k] b [n, k]^T.
   * nn: out [m, n] = a [m, k] b [k, n].
   * tn: out [n, k] += a [m, n]^T b [m, k].
   */
  readonly layout: ProductSpec['layout'];
  readonly m: () => number;
  readonly n: number;
  readonly k: number;
  readonly a: Slice;
  readonly b: Slice;
  readonly out: Slice;
  /** nt: adds bias [n]. */
  readonly bias?: Slice;
  /** nt, nn: adds residual [m, n], another buffer than `out`. */
  readonly residual?: Slice;
  /** nt, nn: adds to `out` instead of overwriting it. */
  readonly accumulate?: boolean;
  /** nt: the rows of a are RMS-normalised on the way, with gain [k]. */
  readonly norm?: { readonly gain: Slice; readonly epsilon: number };
  /** nt: b = [gate; up] is [2 n, k], and out = silu(a gate^T) * (a up^T), SwiGLU. */
  readonly gated?: boolean;
  /** The most tokens there will be; default what `a` holds. */
  readonly most?: number;
  /** Default: the tuner's choice. */
  readonly tile?: Tile;
}

/**
 * The dispatches of one product, compiled. Operands are bound as they are given; `out` overlaps none of them.
 * @throws GpuError 'invalid' when a kernel does not compile; RangeError for a tile that cannot do what is asked.
 */
export async function product(gpu: Gpu, options: ProductOptions): Promise<readonly Dispatch[]> {
  const { a, b, out, bias, residual, norm } = options;
  const spec = specOf(options);
  const made = await createProduct(gpu, spec, options.tile ?? (await chooseTile(gpu, spec)));
  const operands: ProductOperands = {
    y: out,
    a,
    b,
    ...(bias && { bias }),
    ...(residual && { residual }),
    ...(norm && { gain: norm.gain }),
    ...(made.partialFloats > 0 && { partials: partsScratch(gpu, made.partialFloats) }),
  };
  return made.dispatches(operands, tokenCount(gpu, options.m));
}

function specOf({ layout, n, k, a, most, bias, residual, accumulate, norm, gated }: ProductOptions): ProductSpec {
  return {
    label: `${layout} ${n} x ${k}`,
    layout,
    outputs: layout === 'nn' ? k : n,
    inputs: layout === 'nn' ? n : k,
    tokens: most ?? a.size / 4 / (layout === 'tn' ? n : k),
    bias: bias !== undefined,
    residual: residual !== undefined,
    accumulate: layout === 'tn' || accumulate === true,
    gated: gated === true,
    ...(norm && { norm: { epsilon: norm.epsilon } }),
  };
}

export { columnSums } from './partialSums.ts';
