// The experiments that come with the laboratory: each puts one claim or one open question of arXiv 2510.08892 to a test
// in miniature. An experiment is data; these are values of it and nothing more.
//
// What the paper or its authors' code gives is taken from there (METHOD.md); that of the queue is ours throughout: kept
// and 10 000 long, since rollouts are drawn side by side (see OUR_SAMPLER).

import { tasks } from '../tasks/index.ts';
import { type Experiment, type ExperimentInput, parseExperiment } from './definition.ts';

/** Five is the least that a comparison may name a difference on. */
const SEEDS = [0, 1, 2, 3, 4];
/** The points of a curve are means over so many steps. */
const CURVE = { every: 5 };
const QUEUE = { capacity: 10_000, keep: true };

const fixed = (tau: number) => ({ temperature: { rule: 'fixed', tau } }) as const;
const mixture = (least: number, most: number) => ({
  ...fixed(least),
  ladder: { offsets: [0, Number((most - least).toFixed(6))] },
});
const at = (tau: number) => ({ name: `tau ${tau}`, sampler: fixed(tau) });
/** The paper's token rule: equations 2 and 3, with the temperatures of the authors' first branch. */
const TOKEN_LEVEL = {
  threshold: { rule: 'quantile', coldFraction: 0.6 },
  temperature: { rule: 'binary', high: 1.2, low: 1 },
} as const;
/** The authors' ladder. */
const LADDER = [0, 0, -0.1, 0.1, -0.2, 0.2, -0.3, 0.3];

const FOUR_ARMS = [
  { name: 'fixed 1', set: { sampler: fixed(1) } },
  { name: 'token level', set: { sampler: TOKEN_LEVEL } },
  { name: 'rollout level', set: { sampler: { ...fixed(1), ladder: { offsets: LADDER } } } },
  { name: 'both', set: { sampler: { ...TOKEN_LEVEL, ladder: { offsets: LADDER, shifts: 'hot' } } } },
];

/** The paper's robustness runs have 200 steps. */
const TRAINED = { steps: 200, evaluation: { every: 50, prompts: 128, n: 16, samplers: [at(1)] }, curve: CURVE };
/** Where a step costs more, or a difference shows earlier. */
const SHORTER = { ...TRAINED, steps: 100, evaluation: { ...TRAINED.evaluation, every: 25 } };

const DEFINITIONS = {
  'entropy-before-training': {
    name: 'Entropy before training',
    question:
      'Is the entropy of tokens bimodal before training, and does it part forks from knowledge, in every domain?',
    look: 'The entropy of forks against that of knowledge, task by task.',
    arms: tasks.map(({ name }) => ({ name, set: { task: name } })),
    seeds: SEEDS,
    steps: 0,
    evaluation: { prompts: 64, n: 16, samplers: [at(1)] },
  },
  'queue-and-quantile': {
    name: 'Queue length and quantile',
    question: 'How do the length of the entropy queue and its quantile change what one sample, and 256, can solve?',
    look: 'The heat map of pass@1 and that of pass@256: does either have a best corner beyond the noise of seeds?',
    base: { sampler: { ...TOKEN_LEVEL, queue: { keep: true } } },
    arms: [{ name: 'token level' }],
    sweep: [
      { field: 'sampler.queue.capacity', values: [50, 100, 200, 1000, 100_000] },
      { field: 'sampler.threshold.coldFraction', values: [0.2, 0.4, 0.6, 0.8] },
    ],
    seeds: SEEDS,
    steps: 0,
    evaluation: { prompts: 64, n: 256, samplers: [{ name: 'rule', sampler: 'rule' }] },
  },
  robustness: {
    name: 'Robustness of a mixture',
    question: 'Is a mixture of temperatures as good as its best member, also when one member does not work on its own?',
    look: 'The mixtures against fixed 1: within its noise, or below? And how far the hot member falls alone.',
    arms: [
      { name: 'fixed 1', set: { sampler: fixed(1) } },
      { name: 'fixed 1.2', set: { sampler: fixed(1.2) } },
      { name: 'mixture {1, 1.2}', set: { sampler: mixture(1, 1.2) } },
      { name: 'fixed 3', set: { sampler: fixed(3) } },
      { name: 'mixture {1, 3}', set: { sampler: mixture(1, 3) } },
    ],
    seeds: SEEDS,
    ...TRAINED,
  },
  'four-arms': {
    name: 'Token level, rollout level, both',
    question: 'Does a temperature by token, by rollout, or by both train better than one temperature?',
    look: 'The paired differences from fixed 1, in avg@16 and in pass@16.',
    base: { sampler: { queue: QUEUE } },
    arms: FOUR_ARMS,
    seeds: SEEDS,
    ...TRAINED,
  },
  'where-the-temperature-enters': {
    name: 'Where the temperature enters the loss',
    question: 'What does it cost to score tokens at another temperature than they were drawn at?',
    look: 'The audit of every arm first, then avg@16: which mismatch costs, and does a truncated weight repair it?',
    base: { sampler: { temperature: { rule: 'binary', high: 1.6, low: 0.7 } } },
    arms: [
      { name: 'on-policy', set: { lossTemperature: { mode: 'on-policy' } } },
      { name: 'update only', set: { lossTemperature: { mode: 'update-only' } } },
      { name: 'sampling only', set: { lossTemperature: { mode: 'sampling-only' } } },
      { name: 'one token late', set: { lossTemperature: { mode: 'one-late' } } },
      { name: 'truncated importance sampling', set: { lossTemperature: { mode: 'truncated' } } },
    ],
    seeds: SEEDS,
    ...SHORTER,
  },
  schedules: {
    name: 'Schedules',
    question: 'Does a temperature that moves over training beat one that stands?',
    look: 'Avg@16 at the end, and the entropy curves: what a schedule holds open.',
    base: { sampler: fixed(1) },
    arms: [
      { name: 'constant 1' },
      { name: 'linear 1 to 1.4', set: { schedules: { tau: { kind: 'linear', from: 1, to: 1.4, steps: 200 } } } },
      {
        name: 'spike 1 + 0.1',
        set: { schedules: { tau: { kind: 'spike', base: 1, rise: 0.1, every: 50, length: 10 } } },
      },
      { name: 'cosine 1.2 to 1', set: { schedules: { tau: { kind: 'cosine', from: 1.2, to: 1, steps: 200 } } } },
      { name: 'entropy held at 0.3', set: { schedules: { tau: { kind: 'entropy', from: 1, targetNats: 0.3 } } } },
    ],
    seeds: SEEDS,
    ...TRAINED,
  },
  'archer-collapse': {
    name: 'Archer with token-level temperatures',
    question:
      'Does Archer collapse with token-level temperatures, and is it saved by evaluating with the training rule, or by a floor under the threshold?',
    look: 'Avg@16 by each evaluation, the gradient norm, the KL, and the entropy of forks and of knowledge over the steps.',
    base: { loss: { variant: 'archer' }, update: { miniBatches: 4 }, sampler: { queue: QUEUE } },
    arms: [
      { name: 'fixed 1', set: { sampler: fixed(1) } },
      {
        name: 'token level',
        set: { sampler: { ...TOKEN_LEVEL, temperature: { rule: 'binary', high: 1.6, low: 1.2 } } },
      },
      {
        name: 'token level, floored',
        set: {
          sampler: {
            threshold: { rule: 'floored', coldFraction: 0.6, floorNats: 0.1 },
            temperature: { rule: 'binary', high: 1.6, low: 1.2 },
          },
        },
      },
    ],
    seeds: SEEDS,
    ...SHORTER,
    evaluation: {
      ...SHORTER.evaluation,
      samplers: [
        { name: 'tau 0.6, top-p 0.95', sampler: { ...fixed(0.6), truncation: { topP: 0.95 } } },
        { name: 'training rule', sampler: 'rule' },
      ],
    },
  },
  'binary-or-continuous': {
    name: 'Binary or continuous',
    question: 'Is a temperature that rises with the rank of the entropy better than two temperatures?',
    look: 'The paired difference of rank and of EDT from binary.',
    arms: [
      { name: 'binary' },
      { name: 'continuous in rank', set: { sampler: { temperature: { rule: 'rank', high: 1.2, low: 0.8 } } } },
      { name: 'EDT', set: { sampler: { temperature: { rule: 'edt', base: 1 } } } },
    ],
    seeds: SEEDS,
    ...TRAINED,
  },
  cost: {
    name: 'Cost of the method',
    question: 'How much longer does a training step take than with a single temperature?',
    look: 'The ratio of the time per step to that of fixed 1.',
    arms: [
      { name: 'fixed 1', set: { sampler: fixed(1) } },
      { name: 'token level' },
      { name: 'continuous in rank', set: { sampler: { temperature: { rule: 'rank', high: 1.2, low: 0.8 } } } },
      { name: 'rollout level', set: { sampler: { ...fixed(1), ladder: { offsets: LADDER } } } },
      { name: 'both', set: { sampler: { ladder: { offsets: LADDER, shifts: 'hot' } } } },
    ],
    seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    steps: 20,
    evaluation: { prompts: 1, n: 1, samplers: [at(1)] },
    curve: CURVE,
  },
  scale: {
    name: 'Scale',
    question: 'Do the four arms stand in the same order for policies of 0.1 to 6 million parameters?',
    look: 'The paired differences from fixed 1, size by size.',
    base: { sampler: { queue: QUEUE } },
    arms: FOUR_ARMS,
    sweep: [
      {
        field: 'start.policy',
        values: [
          { label: '0.1 M', value: { layers: 2, width: 64, heads: 4, kvHeads: 4, mlpWidth: 256 } },
          { label: '0.4 M', value: { layers: 2, width: 112, heads: 4, kvHeads: 4, mlpWidth: 448 } },
          { label: '1.6 M', value: { layers: 4, width: 160, heads: 4, kvHeads: 4, mlpWidth: 640 } },
          { label: '6 M', value: { layers: 6, width: 256, heads: 8, kvHeads: 8, mlpWidth: 1024 } },
        ],
      },
    ],
    seeds: SEEDS,
    ...TRAINED,
  },
} as const satisfies Readonly<Record<string, ExperimentInput>>;

export type ExperimentPresetName = keyof typeof DEFINITIONS;
export const EXPERIMENT_PRESET_NAMES = Object.keys(DEFINITIONS) as ExperimentPresetName[];

export function isExperimentPresetName(name: string): name is ExperimentPresetName {
  return Object.hasOwn(DEFINITIONS, name);
}

/** A preset with every default filled in. */
export function experimentPreset(name: ExperimentPresetName): Experiment {
  return parseExperiment(DEFINITIONS[name]);
}
