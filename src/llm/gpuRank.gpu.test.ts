// The likeliest tokens on the GPU against the CPU: ties, impossible tokens, three temperatures, every truncation.

import { afterAll, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import { spreadLogits } from '../temperature/gpuSampler.testing.ts';
import { cpuRank } from './cpuRank.ts';
import { gpuRank } from './gpuRank.ts';

const gpu = await openGpu();
afterAll(() => gpu.destroy());

const OFF = { topK: 0, topP: 1, minP: 0 };

it.each([
  [7, 64, OFF],
  [4001, 64, OFF],
  [4001, 3, { ...OFF, topK: 100 }],
  [4001, 20, { ...OFF, topP: 0.7 }],
  [4001, 20, { ...OFF, minP: 0.05 }],
  [4001, 64, { topK: 300, topP: 0.9, minP: 0.001 }],
])('ranks %i logits, %i of them listed, as the CPU does', async (vocabulary, count, truncation) => {
  const rows = 2;
  const logits = spreadLogits(rows, vocabulary, 3)(0);
  // Equal logits are listed by rising id; an impossible token has no mass.
  logits.set(logits.subarray(0, 3), 4);
  logits[vocabulary + 3] = Number.NEGATIVE_INFINITY;
  const slice = gpu.upload('test logits', logits);
  const request = { count, taus: [0.6, 1.7, 1.1], truncation };
  for (let row = 0; row < rows; row++) {
    const found = await gpuRank(gpu, slice, vocabulary, row, request);
    const expected = cpuRank(logits.subarray(row * vocabulary, (row + 1) * vocabulary), request);
    expect([...found.ids]).toEqual([...expected.ids]);
    expect(found.largest).toBe(expected.largest);
    expect(found.z1 / expected.z1).toBeCloseTo(1, 5);
    expect(found.entropyNats).toBeCloseTo(expected.entropyNats, 4);
    for (const [k, { z, cut, kept }] of found.columns.entries()) {
      const column = expected.columns[k]!;
      expect(z / column.z).toBeCloseTo(1, 5);
      expect(kept / column.kept).toBeCloseTo(1, 5);
      if (Number.isFinite(column.cut)) expect(cut).toBeCloseTo(column.cut, 5);
    }
  }
  slice.buffer.destroy();
});

it('waits for nothing that is not asked for: no temperature, one token', async () => {
  const slice = gpu.upload('test logits', Float32Array.of(1, 3, 2));
  const found = await gpuRank(gpu, slice, 3, 0, { count: 1, taus: [], truncation: OFF });
  expect([...found.ids]).toEqual([1]);
  expect(found.columns).toEqual([]);
  expect(found.entropyNats).toBeCloseTo(0.8324, 3);
});
