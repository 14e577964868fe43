import { expect, it } from 'vitest';
import { cellsOf, parseExperiment } from '../../experiments/definition.ts';
import type { CellProgress } from '../../experiments/runCell.ts';
import { CellClock, cellMs, Pace } from './pace.ts';

const EXPERIMENT = parseExperiment({
  name: 'paced',
  arms: [{ name: 'one' }],
  seeds: [0],
  steps: 4,
  evaluation: { every: 2 },
});
const CELL = cellsOf(EXPERIMENT)[0]!;
const STEP_MS = 100;
const EVALUATION_MS = 40;

/** Progress of the cell as it is told, with the time it is told at. */
function* told(): Generator<readonly [CellProgress, number]> {
  let atMs = 0;
  for (const step of [0, 2, 4]) {
    for (const done of [0, 0.5, 1]) {
      yield [{ step, doing: 'evaluating', done, reward: null }, atMs + done * EVALUATION_MS];
    }
    atMs += EVALUATION_MS;
    if (step === 4) return;
    for (const more of [0, 1, 2])
      yield [{ step: step + more, doing: 'training', done: 0, reward: 0.5 }, atMs + more * STEP_MS];
    atMs += 2 * STEP_MS;
  }
}

it('knows what a step and an evaluation take, and never goes back', () => {
  const pace = new Pace();
  const clock = new CellClock(EXPERIMENT, CELL, pace);
  expect(cellMs(EXPERIMENT, pace)).toBeNull();
  const shares: number[] = [];
  for (const [progress, atMs] of told()) {
    clock.saw(progress, atMs);
    shares.push(clock.share);
  }
  expect(pace.of('training')).toBeCloseTo(STEP_MS, 9);
  expect(pace.of('evaluating')).toBeCloseTo(EVALUATION_MS, 9);
  expect(cellMs(EXPERIMENT, pace)).toBeCloseTo(4 * STEP_MS + 3 * EVALUATION_MS, 9);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeCloseTo(1, 9);
  // By then steps and evaluations were measured: half of the steps, and one evaluation of three.
  const half = shares[5]!;
  expect(half).toBeCloseTo((2 * STEP_MS + EVALUATION_MS) / (4 * STEP_MS + 3 * EVALUATION_MS), 1);
});

it('takes no time for what lies between two attempts', () => {
  const pace = new Pace();
  const clock = new CellClock(EXPERIMENT, CELL, pace);
  clock.saw({ step: 0, doing: 'training', done: 0, reward: null }, 0);
  clock.saw({ step: 1, doing: 'training', done: 0, reward: null }, STEP_MS);
  clock.start();
  clock.saw({ step: 1, doing: 'training', done: 0, reward: null }, 10_000);
  clock.saw({ step: 2, doing: 'training', done: 0, reward: null }, 10_000 + STEP_MS);
  expect(pace.of('training')).toBeCloseTo(STEP_MS, 9);
});
