// The ways to cut a matrix product up, and which of them a GPU can run. Which is fastest, the tuner measures.

import type { Gpu } from './device.ts';

export type Tile =
  | {
      /** No workgroup memory: four lanes hold 4 rowQuads rows by 4 columnQuads columns in registers. */
      readonly kind: 'register';
      readonly rowQuads: number;
      readonly columnQuads: number;
      /** Lanes load a row of A each and pass it round by quad swaps; needs the feature 'subgroups'. */
      readonly spread: boolean;
    }
  | {
      /** rows x columns of Y a workgroup through workgroup memory, `depth` at a time; each invocation `each` of it. */
      readonly kind: 'workgroup';
      readonly rows: number;
      readonly columns: number;
      readonly depth: number;
      readonly each: readonly [rows: number, columns: number];
    }
  | {
      /** nt with few rows: 16 lanes split the depth of a rows x columns tile; four such tiles a workgroup. */
      readonly kind: 'skinny';
      readonly rows: number;
      readonly columns: number;
    };

/** What a tile must be able to do. */
export interface TileTask {
  readonly layout: 'nt' | 'nn' | 'tn';
  readonly norm: boolean;
  readonly gated: boolean;
}

/** Invocations of a skinny workgroup, and the tiles that they make up (as in product_skinny.wgsl). */
const SKINNY_THREADS = 64;
const SKINNY_TILES = 4;

/** Rows and columns of Y that one workgroup computes. */
export function footprint(tile: Tile): readonly [rows: number, columns: number] {
  if (tile.kind === 'register') return [4 * tile.rowQuads, 4 * tile.columnQuads];
  if (tile.kind === 'skinny') return [tile.rows, SKINNY_TILES * tile.columns];
  return [tile.rows, tile.columns];
}

/** True when the kernel of this tile knows the operation and the device has what it needs. */
export function canUse(gpu: Gpu, tile: Tile, task: TileTask): boolean {
  if (tile.kind === 'register') return !tile.spread || gpu.has('subgroups');
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = gpu.device.limits;
  const { rows, columns } = tile;
  if (tile.kind === 'skinny') {
    const sums = rows * columns * (task.gated ? 2 : 1) + (task.norm ? rows : 0);
    return task.layout === 'nt' && 4 * sums * SKINNY_THREADS <= maxComputeWorkgroupStorageSize;
  }
  const threads = (rows / tile.each[0]) * (columns / tile.each[1]);
  const bytes = 4 * tile.depth * (rows + 1 + columns + 1);
  return (
    !task.norm && !task.gated && threads <= maxComputeInvocationsPerWorkgroup && bytes <= maxComputeWorkgroupStorageSize
  );
}

/** Scratch for partial sums stays under 16 MiB. */
const MOST_PARTIAL_FLOATS = 2 ** 22;
/** Fewer tokens than this in a part are not worth a pass of their own. */
const LEAST_TOKENS_PER_SPLIT = 64;
/** Workgroups that keep a GPU, and a software GPU of a few cores, busy. */
const BUSY_WORKGROUPS = 512;
const BUSY_WORKGROUPS_SOFTWARE = 8;

/** Into how many parts a sum over at most `tokens` rows is split, so that enough workgroups run side by side. */
export function splitsOf(gpu: Gpu, tokens: number, workgroups: number, elements: number): number {
  const splits = Math.min(
    Math.ceil((gpu.isSoftware ? BUSY_WORKGROUPS_SOFTWARE : BUSY_WORKGROUPS) / workgroups),
    Math.ceil(tokens / LEAST_TOKENS_PER_SPLIT),
    Math.floor(MOST_PARTIAL_FLOATS / elements),
  );
  return Math.max(1, splits);
}
