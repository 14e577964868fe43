import { describe, expect, it } from 'vitest';
import { SENTINEL, type Sign, warningsAtEnd, warningsOf } from './sentinel.ts';
import type { MetricsRow } from './stages.ts';

const HEALTHY = { repetition: 0.05, entropy: 0.7, 'dead_groups/observed': 0.4, reward: 0.5, grad_norm: 1 };

/** Healthy rows, changed by `change` from step `from` on. */
const run = (steps: number, from: number, change: (step: number) => Partial<Record<string, number | null>>) =>
  Array.from(
    { length: steps },
    (_, step) => ({ step, ...HEALTHY, ...(step >= from ? change(step) : {}) }) as MetricsRow,
  );

const told = (rows: readonly MetricsRow[]) => warningsOf(rows).map(({ sign, step }) => [sign, step]);

it('is silent over a healthy run, and over one that learns its task', () => {
  expect(told(run(100, 0, () => ({})))).toEqual([]);
  expect(
    told(
      run(100, 20, (step) => ({
        reward: Math.min(1, 0.5 + step / 60),
        'dead_groups/observed': step > 60 ? 1 : 0.5,
        entropy: 0.1,
      })),
    ),
  ).toEqual([]);
});

const CASES: readonly [Sign, Partial<Record<string, number>>, RegExp][] = [
  ['repetition', { repetition: 0.8 }, /^\d+ % of the token runs .* 8 steps to step \d+, against 5 % at the start\.$/],
  ['entropy-floor', { entropy: 0.01 }, /^The mean entropy is 0\.\d+ nats .*, against 0\.7 at the start: .*\.$/],
  [
    'dead-groups',
    { 'dead_groups/observed': 1, reward: 0.1 },
    /^\d+ % of the groups .* at a mean reward of 0\.\d+: .*\.$/,
  ],
];

describe.each(CASES)('%s', (sign, change, sentence) => {
  const rows = run(60, 30, () => change);

  it('warns once, within a window of where it began, with the numbers', () => {
    const warnings = warningsOf(rows);
    expect(warnings.map((warning) => warning.sign)).toEqual([sign]);
    const [warning] = warnings;
    expect(warning!.step).toBeGreaterThanOrEqual(30);
    expect(warning!.step).toBeLessThan(30 + SENTINEL.window);
    expect(warning!.from).toBe(warning!.step - SENTINEL.window + 1);
    expect(warning!.sentence).toMatch(sentence);
    expect(Math.sign(warning!.value - warning!.limit)).toBe(sign === 'entropy-floor' ? -1 : 1);
  });

  it('warns again when it was gone', () => {
    const again = run(120, 30, (step) => (step < 60 || step > 90 ? change : {}));
    expect(told(again).map(([name]) => name)).toEqual([sign, sign]);
  });
});

it('tells a spike of the gradient at the very step', () => {
  const rows = run(60, 30, (step) => (step === 30 ? { grad_norm: 40 } : {}));
  expect(warningsOf(rows)).toMatchObject([{ sign: 'gradient-spike', step: 30, from: 30, value: 40, limit: 10 }]);
  expect(warningsOf(rows)[0]!.sentence).toBe(
    'The gradient norm of step 30 is 40, 40 times the median of the 8 steps before it.',
  );
});

it('gives each warning with the row that shows it', () => {
  const rows = run(60, 30, () => ({ repetition: 0.8, entropy: 0.001, 'dead_groups/observed': 1, reward: 0 }));
  const oneByOne = rows.flatMap((_, i) => warningsAtEnd(rows.slice(0, i + 1)));
  expect(oneByOne).toEqual(warningsOf(rows));
  expect(oneByOne.length).toBe(3);
});

it('compares with nothing before there are two windows, and bears metrics that are not defined', () => {
  expect(told(run(15, 8, () => ({ repetition: 1, entropy: 0 })))).toEqual([]);
  expect(told(run(60, 0, () => ({ repetition: null, entropy: null, grad_norm: null, reward: null })))).toEqual([]);
});
