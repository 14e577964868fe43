// The products of a linear layer y = x W^T, with W [outputs, inputs]: forward, and the two of its backward pass.

import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { columnSums, product } from '../gpu/product.ts';
import type { Slice } from '../gpu/slice.ts';

interface LinearShape {
  readonly outputs: number;
  readonly inputs: number;
}

export interface ForwardProduct extends LinearShape {
  readonly x: Slice;
  readonly w: Slice;
  readonly y: Slice;
  readonly bias?: Slice;
  /** y = residual + x W^T, from another buffer. */
  readonly residual?: Slice;
  /** y += x W^T. */
  readonly accumulate?: boolean;
  /** x is RMS-normalised on the way. */
  readonly norm?: { readonly gain: Slice; readonly epsilon: number };
  /** y = silu(x G^T) * (x U^T) with W = [G; U]; outputs counts one half. */
  readonly gated?: boolean;
}

type Dispatches = Promise<readonly Dispatch[]>;

export class Products {
  readonly #gpu: Gpu;
  readonly #tokens: () => number;
  readonly #most: number;

  /** @param tokens asked for at encode time; @param most the most it will be */
  constructor(gpu: Gpu, tokens: () => number, most: number) {
    this.#gpu = gpu;
    this.#tokens = tokens;
    this.#most = most;
  }

  /** y [tokens, outputs] = x [tokens, inputs] W^T, with what `p` adds. */
  forward({ outputs, inputs, x, w, y, ...extras }: ForwardProduct): Dispatches {
    return product(this.#gpu, { ...this.#common('nt'), ...extras, n: outputs, k: inputs, a: x, b: w, out: y });
  }

  /** dx [tokens, inputs] = dy [tokens, outputs] W. */
  backwardInput(p: LinearShape & { readonly dy: Slice; readonly w: Slice; readonly dx: Slice }): Dispatches {
    return product(this.#gpu, { ...this.#common('nn'), n: p.inputs, k: p.outputs, a: p.dy, b: p.w, out: p.dx });
  }

  /** dW [outputs, inputs] += dy^T x, in an order that never changes. */
  backwardWeight(p: LinearShape & { readonly dy: Slice; readonly x: Slice; readonly dw: Slice }): Dispatches {
    return product(this.#gpu, { ...this.#common('tn'), n: p.outputs, k: p.inputs, a: p.dy, b: p.x, out: p.dw });
  }

  /** dBias [outputs] += the sum of dy over tokens. */
  backwardBias(p: { readonly outputs: number; readonly dy: Slice; readonly dBias: Slice }): Dispatches {
    return columnSums(this.#gpu, { m: this.#tokens, most: this.#most, n: p.outputs, a: p.dy, out: p.dBias });
  }

  #common<L extends 'nt' | 'nn' | 'tn'>(layout: L) {
    return { layout, m: this.#tokens, most: this.#most };
  }
}
