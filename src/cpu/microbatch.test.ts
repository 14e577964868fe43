import { describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../policy/config.ts';
import { philox4x32 } from '../temperature/philox.ts';
import { forEachPosition, microbatches, padPredictions } from './microbatch.ts';

const config: PolicyConfig = {
  layers: 2,
  width: 64,
  heads: 4,
  kvHeads: 4,
  headWidth: 16,
  mlpWidth: 256,
  vocabulary: 32,
  tied: true,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 4096,
};

/** Row lengths from 1 to `longest`, and some tokens. */
function ragged(seed: number, rows: number, longest: number) {
  const words = new Uint32Array(4);
  const rowStart = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    philox4x32(words, row, 0, 0, 0, seed, 0);
    rowStart[row + 1] = rowStart[row]! + 1 + (words[0]! % longest);
  }
  const ids = Int32Array.from({ length: rowStart[rows]! }, (_, i) => i % 32);
  return { ids, rowStart, tau: new Float32Array(ids.length).fill(1) };
}

describe('microbatches', () => {
  it('visit every predicted token once, each where its row and position are', () => {
    for (const [seed, rows, longest] of [
      [1, 1, 1],
      [2, 5, 9],
      [3, 200, 50],
      [4, 7, 3000],
    ] as const) {
      const batch = ragged(seed, rows, longest);
      const visits = new Uint8Array(batch.ids.length);
      for (const micro of microbatches(config, batch.rowStart)) {
        const tokens = micro.paddedRows * micro.positions;
        expect(micro.rows.length).toBeLessThanOrEqual(micro.paddedRows);
        const targets = padPredictions(micro, batch, batch.ids, new Int32Array(tokens), -1);
        const places = new Set<number>();
        forEachPosition(micro, batch.rowStart, (padded, token) => {
          visits[token + 1]! += 1;
          places.add(padded);
          const row = micro.rows[Math.floor(padded / micro.positions)]!;
          expect(token - batch.rowStart[row]!).toBe(padded % micro.positions);
          expect(targets[padded]).toBe(batch.ids[token + 1]);
        });
        expect(targets.filter((id) => id !== -1)).toHaveLength(places.size);
      }
      const firsts = new Set(batch.rowStart);
      visits.forEach((count, token) => {
        expect(count).toBe(firsts.has(token) ? 0 : 1);
      });
    }
  });

  it('have few shapes, and rows fit the memory of long sequences', () => {
    const shapes = new Set<string>();
    for (let seed = 0; seed < 100; seed++)
      for (const { paddedRows, positions } of microbatches(config, ragged(seed, 1 + seed, 48).rowStart))
        shapes.add(`${paddedRows} x ${positions}`);
    expect(shapes.size).toBeLessThan(40);
    const even = Int32Array.from({ length: 65 }, (_, row) => row * 1025);
    const long = microbatches(config, even);
    for (const { paddedRows, positions } of long)
      expect(paddedRows * positions ** 2 * config.heads).toBeLessThan(2 ** 23);
  });
});
