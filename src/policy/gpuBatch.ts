// The packed batch on the GPU: buffers of a fixed capacity, filled anew for every pass.

import type { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Slice } from '../gpu/slice.ts';
import { attentionTiles, positions, TILE_WORDS, tokenBuckets } from './batch.ts';
import type { TokenBatch } from './engine.ts';
import { ropeTable, type Sizes } from './gpuSizes.ts';

/** Tokens of one attention tile: more share each loaded key, but a wide head then outgrows the registers. */
const TILE_ROWS_NARROW = 2;
const TILE_ROWS_WIDE = 1;
const NARROW_HEAD = 32;

export class GpuBatch {
  readonly capacity: number;
  readonly tileRows: number;
  /** Struct Batch of shaders/batch.wgsl. */
  readonly sizes: Slice;
  readonly ids: Slice;
  readonly positions: Slice;
  readonly tau: Slice;
  readonly coef: Slice;
  readonly tiles: Slice;
  readonly bucketIds: Slice;
  readonly bucketStarts: Slice;
  readonly bucketTokens: Slice;
  readonly rope: Slice;
  readonly #gpu: Gpu;
  tokens = 0;
  rows = 0;
  /** Tokens of the longest row. */
  longest = 0;
  tileCount = 0;
  buckets = 0;

  constructor(memory: Buffers, sizes: Sizes, capacity: number) {
    const { config } = sizes;
    this.#gpu = memory.gpu;
    this.capacity = capacity;
    this.tileRows = config.headWidth <= NARROW_HEAD ? TILE_ROWS_NARROW : TILE_ROWS_WIDE;
    this.sizes = memory.uniform('batch sizes', new Uint32Array(4));
    const words = (label: string, count: number) => memory.storage(label, 4 * count);
    this.ids = words('batch ids', capacity);
    this.positions = words('batch positions', capacity);
    this.tau = words('batch tau', capacity);
    this.coef = words('batch coefficients', capacity);
    this.tiles = words('batch tiles', capacity * TILE_WORDS);
    this.bucketIds = words('bucket ids', capacity);
    this.bucketStarts = words('bucket starts', capacity + 1);
    this.bucketTokens = words('bucket tokens', capacity);
    this.rope = memory.upload('rope table', ropeTable(config, Math.min(capacity, config.maxPositions)));
  }

  /** Uploads a checked batch of at most `capacity` tokens. */
  load(batch: TokenBatch): void {
    const { ids, rowStart, tau } = batch;
    const tiles = attentionTiles(rowStart, this.tileRows);
    const buckets = tokenBuckets(ids);
    this.tokens = ids.length;
    this.rows = rowStart.length - 1;
    this.longest = 0;
    for (let row = 0; row < this.rows; row++)
      this.longest = Math.max(this.longest, rowStart[row + 1]! - rowStart[row]!);
    this.tileCount = tiles.length / TILE_WORDS;
    this.buckets = buckets.ids.length;
    const gpu = this.#gpu;
    gpu.write(this.sizes, Uint32Array.of(this.tokens, this.rows, this.tileCount, this.buckets));
    gpu.write(this.ids, ids);
    gpu.write(this.positions, positions(rowStart));
    gpu.write(this.tau, tau);
    gpu.write(this.tiles, tiles);
    gpu.write(this.bucketIds, buckets.ids);
    gpu.write(this.bucketStarts, buckets.starts);
    gpu.write(this.bucketTokens, buckets.tokens);
  }

  loadCoefficients(coef: Float32Array): void {
    this.#gpu.write(this.coef, coef);
  }
}
