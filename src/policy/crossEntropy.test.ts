import { expect, it } from 'vitest';
import { weightsFromTensors } from '../reference/decoder.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { relativeL2, untied } from '../reference/fixtures.ts';
import { score } from '../reference/scores.ts';
import { accumulateCrossEntropy, crossEntropy, type SupervisedRow } from './crossEntropy.ts';
import type { NamedTensors, Tensor } from './parameters.ts';

const { config, parameters } = untied;
const rows: readonly SupervisedRow[] = [
  { ids: [4, 9, 2, 2, 17], weight: [1, 0, 0, 1, 1] },
  { ids: Int32Array.of(8) },
  { ids: [1, 5, 3], weight: Float32Array.of(9, 0.25, 2) },
  { ids: [6, 7, 8, 9] },
];

/** The loss by its definition, from the oracle's log-probs. */
function lossAt(tensors: NamedTensors): number {
  const w = weightsFromTensors(config, tensors);
  let loss = 0;
  let total = 0;
  for (const { ids, weight } of rows) {
    const batch = {
      ids: Int32Array.from(ids),
      rowStart: Int32Array.of(0, ids.length),
      tau: new Float32Array(ids.length).fill(1),
    };
    const { logp1 } = score(config, w, batch);
    for (let t = 1; t < ids.length; t++) {
      const share = weight === undefined ? 1 : weight[t]!;
      loss -= share * logp1[t]!;
      total += share;
    }
  }
  return loss / total;
}

async function engineOf(tensors: NamedTensors): Promise<ReferenceEngine> {
  const engine = new ReferenceEngine(config);
  await engine.loadParameters(tensors);
  return engine;
}

it('packs rows at tau 1 with coefficients -w / sum w, none for what does not count', () => {
  const { batch, coef } = crossEntropy(rows);
  expect([...batch.ids]).toEqual([4, 9, 2, 2, 17, 8, 1, 5, 3, 6, 7, 8, 9]);
  expect([...batch.rowStart]).toEqual([0, 5, 6, 9, 13]);
  expect([...batch.tau]).toEqual(new Array(13).fill(1));
  const total = 1 + 1 + 0.25 + 2 + 3;
  const expected = [0, 0, 0, -1, -1, 0, 0, -0.25, -2, 0, -1, -1, -1];
  coef.forEach((c, i) => {
    expect(c).toBeCloseTo(expected[i]! / total, 7);
  });
});

it('returns the mean loss, and the gradient is its slope along any direction', async () => {
  const engine = await engineOf(parameters);
  const loss = await accumulateCrossEntropy(engine, rows);
  expect(loss).toBeCloseTo(lossAt(parameters), 5);

  const gradient = await engine.readGradient();
  const along = (epsilon: number): NamedTensors => {
    const moved = new Map<string, Tensor>();
    for (const [name, { shape, data }] of parameters) {
      const g = gradient.get(name)!.data;
      moved.set(name, { shape, data: data.map((x, i) => x + epsilon * g[i]!) });
    }
    return moved;
  };
  const squares = [...gradient.values()].reduce((sum, { data }) => sum + data.reduce((s, g) => s + g * g, 0), 0);
  const slope = (lossAt(along(1e-3)) - lossAt(along(-1e-3))) / 2e-3;
  expect(slope / squares).toBeCloseTo(1, 3);
});

it('counts a row in parts as the row in one: gradients of weighted parts add up', async () => {
  const whole = await engineOf(parameters);
  await accumulateCrossEntropy(whole, [{ ids: [4, 9, 2, 2, 17] }]);
  const parts = await engineOf(parameters);
  const half = (weight: number[]) => parts.accumulateGradient(...scaled([{ ids: [4, 9, 2, 2, 17], weight }], 0.5));
  await half([0, 1, 1, 0, 0]);
  await half([0, 0, 0, 1, 1]);
  const expected = await whole.readGradient();
  for (const [name, { data }] of await parts.readGradient())
    expect(relativeL2(data, expected.get(name)!.data), name).toBeLessThan(1e-5);
});

function scaled(some: readonly SupervisedRow[], share: number) {
  const { batch, coef } = crossEntropy(some);
  return [batch, coef.map((c) => share * c)] as const;
}

it.each<[string, readonly SupervisedRow[], string]>([
  ['no row', [], 'No token of the batch counts: there is nothing to learn from it.'],
  ['single tokens', [{ ids: [1] }, { ids: [2] }], 'No token of the batch counts'],
  ['weights all 0', [{ ids: [1, 2], weight: [1, 0] }], 'No token of the batch counts'],
  ['too few weights', [{ ids: [1, 2], weight: [1] }], 'Row 0 has 2 tokens but 1 weights.'],
  ['a negative weight', [{ ids: [1, 2], weight: [1, -1] }], 'Row 0 has the weight -1; it must be a finite number'],
  [
    'a weight that is no number',
    [{ ids: [1, 2] }, { ids: [1, 2], weight: [0, Number.NaN] }],
    'Row 1 has the weight NaN',
  ],
])('refuses %s in a sentence', (_, bad, sentence) => {
  expect(() => crossEntropy(bad)).toThrow(sentence);
});
