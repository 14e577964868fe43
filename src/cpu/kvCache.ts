// Keys and values of every token so far, by layer: [position, kvHeads * headWidth], rows one after the other.

import type { PolicyConfig } from '../policy/config.ts';

export class KvCache {
  /** By layer; row r's position p stands at (rowStart[r] + p) * width. */
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** In positions; length rows + 1. */
  readonly rowStart: Int32Array;
  readonly width: number;

  /** Room for lengths[r] tokens of each row. */
  constructor(config: PolicyConfig, lengths: readonly number[]) {
    this.width = config.kvHeads * config.headWidth;
    this.rowStart = new Int32Array(lengths.length + 1);
    lengths.forEach((length, row) => {
      this.rowStart[row + 1] = this.rowStart[row]! + length;
    });
    const size = this.rowStart.at(-1)! * this.width;
    this.keys = Array.from({ length: config.layers }, () => new Float32Array(size));
    this.values = Array.from({ length: config.layers }, () => new Float32Array(size));
  }

  /** Gives row `to` the first `positions` tokens of row `from`. */
  copyRow(from: number, to: number, positions: number): void {
    const start = this.rowStart[from]! * this.width;
    const target = this.rowStart[to]! * this.width;
    for (const layer of [...this.keys, ...this.values]) layer.copyWithin(target, start, start + positions * this.width);
  }
}
