// The kernels of the head (scores and their gradient), each against float64, over vocabularies of 1 to 1000.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { groupsOf, linearGrid } from '../gpu/plan.ts';
import { logProbability, probabilities, softmaxEntropyNats, UNTEMPERED } from '../reference/distribution.ts';
import { columnsOf, numbers, raggedRows, runKernel, wholeNumbers, worstError } from './kernelTesting.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

const LENGTHS = [1, 2, 70, 3, 1, 1, 33, 64, 5, 1];
/** [first, size] of chunks that together hold the batch, some beginning or ending in the midst of a row. */
const WHOLE = [[0, 181]] as const;
const CHUNKS = [
  [0, 64],
  [64, 64],
  [128, 53],
] as const;
const UNTOUCHED = -77;

/** Logits of all tokens: flat rows, usual ones, and rows with one winner far ahead and large offsets. */
function logitsOf(tokens: number, V: number): Float32Array {
  return numbers(tokens * V, V).map((z, i) => {
    const row = Math.floor(i / V) % 4;
    return row === 0 ? 0.01 * z : row === 1 ? 4 * z : row === 2 ? 30 * z + 500 : z - 1000;
  });
}

interface Given {
  readonly V: number;
  readonly ids: Uint32Array;
  readonly tau: Float32Array;
  readonly logits: Float32Array;
}

const rows = raggedRows(LENGTHS);
const { tokens, positions } = rows;

function given(V: number): Given {
  const tau = numbers(tokens, 7).map((x) => 10 ** x);
  // A row's first temperature is ignored, whatever it is.
  positions.forEach((position, i) => {
    if (position === 0) tau[i] = Number.NaN;
  });
  return { V, ids: wholeNumbers(tokens, V, 3), tau, logits: logitsOf(tokens, V) };
}

async function scores(
  { V, ids, tau, logits }: Given,
  lanes: number,
  chunks: readonly (readonly [number, number])[],
): Promise<{ scores: Float32Array; norms: Float32Array }> {
  let out: readonly Float32Array[] = [
    new Float32Array(4 * tokens).fill(UNTOUCHED),
    new Float32Array(2 * tokens).fill(UNTOUCHED),
  ];
  for (const [first, size] of chunks) {
    out = await runKernel(
      gpu,
      'scores.wgsl',
      { V, LANES: lanes, SHARED: lanes > 1 },
      [
        ['uniform', rows.sizes()],
        ['uniform', Uint32Array.of(size, first)],
        ['read', ids],
        ['read', positions],
        ['read', tau],
        ['read', logits.slice(first * V, (first + size) * V)],
        ['write', out[0]!],
        ['write', out[1]!],
      ],
      [groupsOf(size, 64 / lanes), 1, 1],
    );
  }
  return { scores: out[0]!, norms: out[1]! };
}

function expectedScores({ V, ids, tau, logits }: Given): Float64Array {
  const out = new Float64Array(4 * tokens).fill(UNTOUCHED);
  for (let i = 1; i < tokens; i++) {
    if (positions[i] === 0) continue;
    const z = logits.subarray((i - 1) * V, i * V);
    const tempered = logProbability(z, { ...UNTEMPERED, tau: tau[i]! }, ids[i]!);
    out.set([logProbability(z, UNTEMPERED, ids[i]!), tempered, softmaxEntropyNats(z), 0], 4 * i);
  }
  return out;
}

describe.each([
  [1, 1],
  [2, 1],
  [3, 1],
  [23, 1],
  [512, 1],
  [1, 64],
  [63, 64],
  [65, 64],
  [513, 64],
  [1000, 64],
])('scores over V = %i by %i lanes', (V, lanes) => {
  it.each([
    ['one chunk', WHOLE],
    ['three chunks', CHUNKS],
  ])('in %s are the float64 log-probs and entropies', async (_, chunks) => {
    const input = given(V);
    const got = (await scores(input, lanes, chunks)).scores;
    const want = expectedScores(input);
    for (const [column, name, tolerance] of [
      [0, 'logp1', 2e-6],
      [1, 'logpTau', 2e-6],
      [2, 'entropy', 1e-5],
      [3, 'padding', 0],
    ] as const)
      expect(
        worstError(Float32Array.from(columnsOf(got, 4, column, 1)), columnsOf(want, 4, column, 1)),
        name,
      ).toBeLessThanOrEqual(tolerance);
  });
});

it('scores say that a token of one possibility is certain, exactly', async () => {
  const input = given(1);
  const got = (await scores(input, 1, WHOLE)).scores;
  for (let i = 1; i < tokens; i++)
    if (positions[i] !== 0) expect([...got.subarray(4 * i, 4 * i + 3)].map(Math.abs)).toEqual([0, 0, 0]);
});

describe.each([1, 2, 23, 64, 1000])('logits_backward over V = %i', (V) => {
  it.each([
    ['one chunk', WHOLE],
    ['three chunks', CHUNKS],
  ])('in %s is coef / tau (onehot - softmax at tau)', async (_, chunks) => {
    const input = given(V);
    const { ids, tau, logits } = input;
    const coef = numbers(tokens, 9).map((c, i) => (i % 5 === 4 ? 0 : c));
    positions.forEach((position, i) => {
      if (position === 0) coef[i] = Number.NaN;
    });
    const { norms } = await scores(input, V > 512 ? 64 : 1, WHOLE);
    const want = new Float64Array(tokens * V);
    for (let i = 1; i < tokens; i++) {
      if (positions[i] === 0 || coef[i] === 0) continue;
      const p = probabilities(logits.subarray((i - 1) * V, i * V), { ...UNTEMPERED, tau: tau[i]! });
      const scale = coef[i]! / tau[i]!;
      p.forEach((share, v) => {
        want[(i - 1) * V + v] = scale * ((v === ids[i] ? 1 : 0) - share);
      });
    }
    for (const [first, size] of chunks) {
      const [got] = await runKernel(
        gpu,
        'logits_backward.wgsl',
        { V },
        [
          ['uniform', rows.sizes()],
          ['uniform', Uint32Array.of(size, first)],
          ['read', ids],
          ['read', positions],
          ['read', tau],
          ['read', coef],
          ['read', norms],
          ['write', logits.slice(first * V, (first + size) * V)],
        ],
        linearGrid(size * V),
      );
      expect(worstError(got!, want.subarray(first * V, (first + size) * V)), `from ${first}`).toBeLessThan(1e-5);
    }
  });
});
