// One matrix product compiled for one tile: product.ts says what is computed, this is how it gets its kernel and grid.

import type { Gpu } from './device.ts';
import type { BindingKind, Dispatch, Kernel } from './kernel.ts';
import { addPartialSums } from './partialSums.ts';
import { canUse, footprint, splitsOf, type Tile, type TileTask } from './productTile.ts';
import type { Slice } from './slice.ts';
import type { TokenCount } from './tokenCount.ts';
import { loadShader, type WgslConstants } from './wgsl.ts';

export interface ProductSpec {
  readonly label: string;
  /** nt: Y = X W^T. nn: dX = dY W. tn: dW = dY^T X. */
  readonly layout: 'nt' | 'nn' | 'tn';
  /** Rows of W. With `gated`, of each of its two halves. */
  readonly outputs: number;
  /** Columns of W. */
  readonly inputs: number;
  /** The most tokens of one dispatch; decides how `tn` is split and what the tuner measures. */
  readonly tokens: number;
  /** nt: adds bias [outputs]. */
  readonly bias?: boolean;
  /** nt, nn: adds a residual of Y's shape from another buffer. */
  readonly residual?: boolean;
  /** Adds to what Y holds instead of overwriting it. */
  readonly accumulate?: boolean;
  /** nt: A is RMS-normalised on the way, with gains [inputs]. */
  readonly norm?: { readonly epsilon: number };
  /** nt: W = [gate; up] is [2 outputs, inputs] and Y = silu(gate) up (SwiGLU). */
  readonly gated?: boolean;
}

export interface ProductOperands {
  readonly y: Slice;
  /** nt: X. nn, tn: dY. */
  readonly a: Slice;
  /** nt, nn: W. tn: X. */
  readonly b: Slice;
  readonly bias?: Slice;
  readonly residual?: Slice;
  readonly gain?: Slice;
  /** Scratch of at least `partialFloats`, free again after the product; needed if that is not 0. */
  readonly partials?: Slice;
}

export interface Product {
  readonly spec: ProductSpec;
  readonly tile: Tile;
  /** Floats of scratch that one run needs in `partials`; 0 for none. */
  readonly partialFloats: number;
  /** One dispatch, or two when the sum is split. */
  readonly dispatches: (operands: ProductOperands, tokens: TokenCount) => Dispatch[];
}

/** What a tile must be able to do for this product. */
export function taskOf({ layout, norm, gated }: ProductSpec): TileTask {
  return { layout, norm: norm !== undefined, gated: gated === true };
}

/** Rows and columns of Y and the depth of the sum; 0 stands for the number of tokens. */
function sizesOf({ layout, outputs, inputs }: ProductSpec): { rows: number; columns: number; depth: number } {
  if (layout === 'nt') return { rows: 0, columns: outputs, depth: inputs };
  if (layout === 'nn') return { rows: 0, columns: inputs, depth: outputs };
  return { rows: outputs, columns: inputs, depth: 0 };
}

/**
 * Compiles the product for one tile.
 * @throws GpuError 'invalid' when the kernel does not compile, RangeError when the tile cannot do what `spec` asks.
 */
export async function createProduct(gpu: Gpu, spec: ProductSpec, tile: Tile): Promise<Product> {
  if (!canUse(gpu, tile, taskOf(spec)))
    throw new RangeError(`The tile ${JSON.stringify(tile)} cannot do the product "${spec.label}" on this GPU.`);
  const { rows, columns, depth } = sizesOf(spec);
  const [tileRows, tileColumns] = footprint(tile);
  const across = Math.ceil(columns / tileColumns);
  const elements = rows * columns;
  const splits = spec.layout === 'tn' ? splitsOf(gpu, spec.tokens, across * Math.ceil(rows / tileRows), elements) : 1;
  const [kernel, sum] = await Promise.all([
    compile(gpu, spec, tile, splits > 1),
    splits > 1 ? addPartialSums(gpu, { elements, splits, accumulate: spec.accumulate === true }) : null,
  ]);
  const sizes = gpu.uniform(`${spec.label} sizes`, Uint32Array.of(rows, columns, depth, splits));

  const dispatches = (operands: ProductOperands, tokens: TokenCount): Dispatch[] => {
    const needed = (name: 'bias' | 'residual' | 'gain' | 'partials'): Slice => {
      const slice = operands[name];
      if (slice === undefined) throw new RangeError(`The product "${spec.label}" needs the operand "${name}".`);
      return slice;
    };
    const target = sum === null ? operands.y : needed('partials');
    const slices = [sizes, tokens.uniform, target, operands.a, operands.b];
    if (spec.bias) slices.push(needed('bias'));
    if (spec.residual) slices.push(needed('residual'));
    if (spec.norm) slices.push(needed('gain'));
    const product: Dispatch = {
      kernel,
      group: gpu.bind(kernel, slices),
      grid: () => {
        const count = tokens.now();
        return count === 0 ? [0, 0, 0] : [across, Math.ceil((rows || count) / tileRows), splits];
      },
    };
    return sum === null ? [product] : [product, sum(operands.y, target, tokens.now)];
  };
  return { spec, tile, partialFloats: splits > 1 ? splits * elements : 0, dispatches };
}

function compile(gpu: Gpu, spec: ProductSpec, tile: Tile, split: boolean): Promise<Kernel> {
  const { layout, bias, residual, accumulate, norm, gated } = spec;
  let count = 5;
  const binding = (wanted: unknown) => (wanted ? count++ : 0);
  const whole = layout !== 'tn' && sizesOf(spec).depth % 4 === 0;
  const constants = {
    NT_LAYOUT: layout === 'nt',
    TN_LAYOUT: layout === 'tn',
    // The depth may end within a step of four.
    RAGGED: !whole,
    // Four steps of depth are one vec4 where they lie side by side and rows start on a multiple of four.
    VECTOR: tile.kind === 'register' && whole,
    VECTOR_B: tile.kind === 'register' && whole && layout === 'nt',
    ACCUMULATE: accumulate === true && !split,
    BIAS: binding(bias),
    RESIDUAL: binding(residual),
    GAIN: binding(norm),
    NORM: norm !== undefined,
    EPS: { f32: norm?.epsilon ?? 0 },
    GATED: gated === true,
  };
  const code = loadShader(`product_${tile.kind}.wgsl`, { ...constants, ...tileConstants(tile, spec) });
  const bindings: BindingKind[] = ['uniform', 'uniform', 'write', ...Array<BindingKind>(count - 3).fill('read')];
  return gpu.kernel({ label: `product ${layout}`, code, bindings });
}

function tileConstants(tile: Tile, spec: ProductSpec): WgslConstants {
  switch (tile.kind) {
    case 'register':
      return {
        ROW_QUADS: tile.rowQuads,
        TN: tile.columnQuads,
        SPREAD: tile.spread,
        ROWS_LOADED: tile.spread ? 1 : 4,
        // The last tile may hang over the columns; rows are always checked.
        EDGE: sizesOf(spec).columns % (4 * tile.columnQuads) !== 0,
      };
    case 'workgroup':
      return { BM: tile.rows, BN: tile.columns, BK: tile.depth, TM: tile.each[0], TN: tile.each[1] };
    case 'skinny':
      return { TM: tile.rows, TN: tile.columns };
  }
}
