import { describe, expect, it } from 'vitest';
import {
  type Cell,
  cellKey,
  cellsOf,
  ExperimentError,
  type ExperimentInput,
  evaluatedSteps,
  parseExperiment,
  placesOf,
  pointName,
  pointsOf,
  shardOf,
} from './definition.ts';
import { TWO_ARMS } from './results.testing.ts';

const SWEPT = {
  ...TWO_ARMS,
  arms: [{ name: 'token level', set: { sampler: { temperature: { rule: 'binary', high: 1.2, low: 1 } } } }],
  sweep: [
    { field: 'sampler.queue.capacity', values: [50, 100] },
    { field: 'sampler.threshold.coldFraction', values: [0.2, 0.4, 0.6] },
  ],
} as const satisfies ExperimentInput;

const sentenceOf = (input: unknown): string => {
  try {
    parseExperiment(input);
  } catch (cause) {
    if (cause instanceof ExperimentError) return cause.message;
    throw cause;
  }
  return '';
};

describe('parseExperiment', () => {
  it('fills in what is not said', () => {
    const experiment = parseExperiment({ name: 'x', arms: [{ name: 'only' }], seeds: [7], steps: 1 });
    expect(experiment).toMatchObject({
      version: 1,
      question: '',
      base: {},
      start: null,
      baseline: 'only',
      sweep: [],
      evaluation: { every: 0, prompts: 128, n: 16 },
      curve: { every: 1 },
    });
    expect(experiment.evaluation.samplers.map(({ name }) => name)).toEqual(['tau 1']);
  });

  it('takes its own output', () => {
    const experiment = parseExperiment(SWEPT);
    expect(parseExperiment(JSON.parse(JSON.stringify(experiment)))).toEqual(experiment);
  });

  const { arms, seeds } = TWO_ARMS;
  it.each([
    [{ ...TWO_ARMS, name: '  ' }, /^name is not accepted: /],
    [{ ...TWO_ARMS, stepss: 3 }, /^stepss is not accepted: /],
    [{ ...TWO_ARMS, steps: 1.5 }, /^steps is not accepted: a whole number from 0 to 1000000 is needed\.$/],
    [{ ...TWO_ARMS, arms: [] }, /^arms is not accepted: /],
    [
      { ...TWO_ARMS, arms: [arms[0], arms[0]] },
      /^arms is not accepted: the names of the arms must differ from each other\.$/,
    ],
    [{ ...TWO_ARMS, seeds: [1, 2, 1] }, /^seeds is not accepted: the seeds must differ from each other\.$/],
    [{ ...TWO_ARMS, seeds: [-1] }, /^seeds\.0 is not accepted: a whole number from 0 /],
    [{ ...TWO_ARMS, baseline: 'c' }, /^baseline is not accepted: it must be one of "a", "b"\.$/],
    [{ ...TWO_ARMS, base: [] }, /^base is not accepted: fields of a run config are needed\.$/],
    [{ ...TWO_ARMS, base: { seed: 3 } }, /^a: seed is not accepted in an arm: the seeds are of the experiment\.$/],
    [{ ...TWO_ARMS, base: { prompts: 0 } }, /^a: .*prompts/],
    [
      { ...TWO_ARMS, arms: [arms[0], { name: 'b', set: { sampler: { temperature: { rule: 'warm' } } } }] },
      /^b: .*temperature/,
    ],
    [{ ...TWO_ARMS, arms: [arms[0], { ...arms[0], name: 'twin' }] }, /^a and twin are the same\.$/],
    [{ ...TWO_ARMS, start: { layers: 2 } }, /^a: .*layers/],
    [
      { ...TWO_ARMS, sweep: [{ field: 'sampler queue', values: [1] }] },
      /^sweep\.0\.field is not accepted: names joined by dots are needed\.$/,
    ],
    [
      { ...TWO_ARMS, sweep: [{ field: 'prompts', values: [2, 2] }] },
      /^sweep\.0\.values is not accepted: the values of an axis must differ/,
    ],
    [{ ...TWO_ARMS, sweep: [{ field: 'no.such', values: [2, 3] }] }, /^a, such = 2: .*no/],
    [
      { ...TWO_ARMS, evaluation: { samplers: [{ name: 'x', sampler: { temperature: { rule: 'fixed', tau: -1 } } }] } },
      /tau/,
    ],
    [
      {
        ...TWO_ARMS,
        seeds: Array.from({ length: 1000 }, (_, i) => i),
        sweep: [{ field: 'prompts', values: [1, 2, 3, 4, 5, 6] }],
      },
      /^12 configs times 1000 seeds are 12000 runs; 10000 is the most\.$/,
    ],
    [null, /^the experiment is not accepted: /],
    [{ ...TWO_ARMS, seeds, steps: undefined }, /^steps is not accepted: /],
  ])('refuses what cannot be run with one sentence (%#)', (input, sentence) => {
    expect(sentenceOf(input)).toMatch(sentence);
    expect(sentenceOf(input)).toMatch(/\.$/);
  });
});

describe('the points of an experiment', () => {
  it('are its arms, each overlaid on the base', () => {
    const points = pointsOf(parseExperiment(TWO_ARMS));
    expect(points.map(({ arm, at, config: { prompts, sampler } }) => [arm, at, prompts, sampler.temperature])).toEqual([
      ['a', [], 2, { rule: 'fixed', tau: 1 }],
      ['b', [], 2, { rule: 'fixed', tau: 2 }],
    ]);
  });

  it('are arms times places of a sweep, the first axis outermost', () => {
    const experiment = parseExperiment(SWEPT);
    expect(placesOf(experiment)).toEqual([
      [50, 0.2],
      [50, 0.4],
      [50, 0.6],
      [100, 0.2],
      [100, 0.4],
      [100, 0.6],
    ]);
    const points = pointsOf(experiment);
    expect(points.map(({ config: { sampler } }) => sampler.queue.capacity)).toEqual([50, 50, 50, 100, 100, 100]);
    expect(pointName(experiment, points[1]!)).toBe('token level, capacity = 50, coldFraction = 0.4');
  });

  it('take values of an axis that are groups of fields, by their names, and settings of the start', () => {
    const shape = (width: number) => ({ layers: 1, width, heads: 2, kvHeads: 2, mlpWidth: 32 });
    const experiment = parseExperiment({
      ...TWO_ARMS,
      sweep: [
        {
          field: 'start.policy',
          values: [
            { label: 'small', value: shape(16) },
            { label: 'large', value: shape(32) },
          ],
        },
      ],
    });
    const points = pointsOf(experiment);
    expect(points.map(({ at }) => at)).toEqual([['small'], ['large'], ['small'], ['large']]);
    expect(points[1]!.start).toEqual({ task: 'countdown', difficulty: 'three-numbers', policy: shape(32) });
    expect(points[1]!.config).toEqual(points[0]!.config);
  });

  it('have a start of their own where an arm says so', () => {
    const [a, b] = TWO_ARMS.arms;
    const points = pointsOf(parseExperiment({ ...TWO_ARMS, start: { steps: 5 }, arms: [a, { ...b, start: null }] }));
    expect(points.map(({ start }) => start?.['steps'] ?? null)).toEqual([5, null]);
  });
});

describe('the cells', () => {
  const experiment = parseExperiment(SWEPT);
  const cells = cellsOf(experiment);
  const named = ({ arm, at, seed }: Cell) => JSON.stringify([arm, at, seed]);

  it('are points times seeds, seed by seed, each with its seed in the config', () => {
    expect(cells).toHaveLength(30);
    expect(cells.slice(0, 6).every(({ seed, config }) => seed === 0 && config.seed === 0)).toBe(true);
    expect(cells[6]!.config.seed).toBe(1);
  });

  it.each([1, 2, 3, 7, 30, 31])('are parted by %i shards: each in one and only one', (shards) => {
    const parts = Array.from({ length: shards }, (_, shard) => shardOf(cells, shard, shards));
    expect(parts.flat().map(named).sort()).toEqual(cells.map(named).sort());
    const sizes = parts.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('have keys that tell apart all that a result follows from, and nothing else', async () => {
    const keys = await Promise.all(cells.map((cell) => cellKey(experiment, cell)));
    expect(new Set(keys).size).toBe(30);
    const key = keys[0]!;
    const [cell] = cells;
    const other = (change: Partial<typeof experiment>) => cellKey({ ...experiment, ...change }, cell!);
    expect(await other({ name: 'renamed', question: 'other?', look: 'elsewhere' })).toBe(key);
    expect(await other({ seeds: [0] })).toBe(key);
    expect(await other({ steps: 11 })).not.toBe(key);
    expect(await other({ evaluation: { ...experiment.evaluation, n: 5 } })).not.toBe(key);
    expect(await cellKey(experiment, { ...cell!, arm: 'renamed' })).toBe(key);
    expect(await cellKey(experiment, { ...cell!, start: { steps: 5 } })).not.toBe(key);
  });
});

describe('evaluatedSteps', () => {
  it.each([
    [{ steps: 0, every: 0 }, [0]],
    [{ steps: 10, every: 0 }, [0, 10]],
    [{ steps: 10, every: 5 }, [0, 5, 10]],
    [{ steps: 10, every: 4 }, [0, 4, 8, 10]],
    [{ steps: 3, every: 50 }, [0, 3]],
  ])('of %j are %j', ({ steps, every }, expected) => {
    const { evaluation } = parseExperiment(TWO_ARMS);
    expect(evaluatedSteps({ steps, evaluation: { ...evaluation, every } })).toEqual(expected);
  });
});
