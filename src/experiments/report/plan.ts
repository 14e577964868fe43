// What the report tells of each preset: which tables, which plots. A preset that is not named here is told by the first
// of its evaluations.

import type { Experiment } from '../definition.ts';
import type { ExperimentPresetName } from '../presets.ts';

export type Plot =
  /** Every arm over the steps, or the named ones. */
  | { readonly kind: 'arms'; readonly measure: string; readonly scale?: 'log'; readonly arms?: readonly string[] }
  /** Every other arm's paired difference from the baseline over the steps. */
  | { readonly kind: 'differences'; readonly measure: string }
  /** Several measures of one arm. */
  | { readonly kind: 'measures'; readonly title: string; readonly arm: string; readonly measures: readonly string[] }
  /** Entropies by true role, of every arm. */
  | { readonly kind: 'entropies'; readonly evaluation: string }
  /** Ratio to the baseline. */
  | { readonly kind: 'ratios'; readonly measure: string };

export interface Plan {
  /** What the paper says on it, or that it says nothing. */
  readonly paper: string;
  /** The tables of arms at the last step; the first is told in sentences, too. */
  readonly compared: readonly string[];
  /** The columns of one table of levels, for arms that are not to be compared with each other. */
  readonly levels: readonly string[];
  readonly plots: readonly Plot[];
}

const AVG = 'eval/tau 1/avg@16';
const PASS = 'eval/tau 1/pass@16';
const BOTH: readonly Plot[] = [
  { kind: 'arms', measure: AVG },
  { kind: 'differences', measure: AVG },
  { kind: 'arms', measure: PASS },
  { kind: 'differences', measure: PASS },
];
const AUDIT = 'curve/sampling/sampling_logp_difference/mean';
const ARCHER_OWN = 'eval/tau 0.6, top-p 0.95';
const ARCHER_RULE = 'eval/training rule';

const PLANS: Partial<Readonly<Record<ExperimentPresetName, Plan>>> = {
  'entropy-before-training': {
    paper:
      'The method stands on two kinds of tokens: reasoning tokens of high entropy and knowledge tokens of low entropy. The tasks here know the true role of every token, so both halves can be looked at: are there two modes, and are they forks and knowledge?',
    compared: [],
    levels: [
      'eval/tau 1/entropy of forks',
      'eval/tau 1/entropy of knowledge',
      'eval/tau 1/forks above knowledge',
      'eval/tau 1/below 0.1 nats',
      'eval/tau 1/0.5 nats or more',
    ],
    plots: [{ kind: 'entropies', evaluation: 'tau 1' }],
  },
  robustness: {
    paper:
      'Rollouts of one group at several temperatures are offered as a way not to depend on one well-chosen temperature. If that is so, a mixture is as good as its best member, also where one member does not work on its own.',
    compared: [AVG, PASS, 'curve/frac_reward_zero_std'],
    levels: [],
    plots: [
      ...BOTH,
      {
        kind: 'measures',
        title: 'mixture {1, 3}: reward by what the ladder adds',
        arm: 'mixture {1, 3}',
        measures: ['curve/reward/tau/0', 'curve/reward/tau/+2'],
      },
      {
        kind: 'measures',
        title: 'mixture {1, 3}: share of the signal by what the ladder adds',
        arm: 'mixture {1, 3}',
        measures: ['curve/signal/tau/0', 'curve/signal/tau/+2'],
      },
    ],
  },
  'four-arms': {
    paper:
      'The claim of the paper: temperatures that follow the entropy of the token, and temperatures that differ between the rollouts of a group, each train better than one fixed temperature.',
    compared: [AVG, PASS, 'curve/frac_reward_zero_std', 'curve/entropy/role/fork'],
    levels: [],
    plots: [...BOTH, { kind: 'arms', measure: 'curve/threshold' }, { kind: 'arms', measure: 'curve/gate/precision' }],
  },
  'where-the-temperature-enters': {
    paper:
      'The paper scores a token at the temperature that it was drawn at (its section 4.5) and reports that another choice is worse. The contrast can be read in more than one way; all readings are here, with the repair by a truncated importance weight.',
    compared: [AVG, PASS, AUDIT, 'curve/grad_norm'],
    levels: [],
    plots: [
      ...BOTH,
      { kind: 'arms', measure: AUDIT, scale: 'log' },
      { kind: 'arms', measure: 'curve/entropy/role/fork' },
    ],
  },
  'archer-collapse': {
    paper:
      'With the losses of Archer, token-level temperatures are reported to fail after about a hundred steps. The suspects here: an evaluation at other temperatures than those of training, and a threshold that follows the falling entropy until knowledge is heated (METHOD: threshold drift).',
    compared: [
      `${ARCHER_OWN}/avg@16`,
      `${ARCHER_RULE}/avg@16`,
      `${ARCHER_OWN}/pass@16`,
      'curve/kl',
      'curve/grad_norm',
      'curve/entropy/role/knowledge',
      'curve/gate/precision',
    ],
    levels: [],
    plots: [
      { kind: 'arms', measure: `${ARCHER_OWN}/avg@16` },
      { kind: 'differences', measure: `${ARCHER_OWN}/avg@16` },
      { kind: 'arms', measure: `${ARCHER_RULE}/avg@16` },
      { kind: 'differences', measure: `${ARCHER_RULE}/avg@16` },
      { kind: 'arms', measure: 'curve/grad_norm' },
      { kind: 'arms', measure: 'curve/kl' },
      { kind: 'arms', measure: 'curve/threshold' },
      { kind: 'arms', measure: 'curve/gate/precision' },
      { kind: 'arms', measure: 'curve/entropy/role/fork' },
      { kind: 'arms', measure: 'curve/entropy/role/knowledge' },
    ],
  },
  cost: {
    paper:
      'The method is said to be cheap. Here is what it takes on the engine of this project; elsewhere it will differ.',
    compared: ['timing/step', 'timing/collect', 'timing/score', 'timing/update'],
    levels: [],
    plots: [
      { kind: 'ratios', measure: 'timing/step' },
      { kind: 'ratios', measure: 'timing/collect' },
    ],
  },
};

/** @param name a preset; another name is told as one that has no plan */
export function planOf(name: string, { evaluation }: Experiment): Plan {
  const planned = Object.entries(PLANS).find(([preset]) => preset === name)?.[1];
  if (planned !== undefined) return planned;
  const of = (what: string) => `eval/${evaluation.samplers[0]!.name}/${what}@${evaluation.n}`;
  return {
    paper: 'The paper suggests it as a question and gives no result.',
    compared: [of('avg'), of('pass')],
    levels: [],
    plots: ['avg', 'pass'].flatMap((what): Plot[] => [
      { kind: 'arms', measure: of(what) },
      { kind: 'differences', measure: of(what) },
    ]),
  };
}
