// An experiment made smaller before it starts, and what that costs.

import { type Experiment, pointsOf } from '../../experiments/definition.ts';
import { LEAST_SEEDS } from '../../experiments/seedStatistics.ts';

/** Steps of a shrunk run that a curve has a point for, at most. */
const MOST_CURVE_POINTS = 40;

/** What can be made smaller (or larger). */
export interface Size {
  readonly seeds: number;
  readonly steps: number;
  /** Prompts a training step, of the baseline. */
  readonly prompts: number;
  /** Rollouts a prompt in training, of the baseline. */
  readonly group: number;
  readonly evaluationPrompts: number;
  readonly evaluationRollouts: number;
}

export function sizeOf(experiment: Experiment): Size {
  const { seeds, steps, evaluation, baseline } = experiment;
  const { prompts, group } = pointsOf(experiment).find(({ arm }) => arm === baseline)!.config;
  return {
    seeds: seeds.length,
    steps,
    prompts,
    group,
    evaluationPrompts: evaluation.prompts,
    evaluationRollouts: evaluation.n,
  };
}

/** The definition with another size; evaluations and points of curves come as often over the steps as before. */
export function resized(experiment: Experiment, size: Size): unknown {
  const { seeds, steps, evaluation, curve, base } = experiment;
  const before = sizeOf(experiment);
  const isShorter = size.steps < steps;
  const share = steps === 0 ? 1 : size.steps / steps;
  const more = Array.from({ length: Math.max(0, size.seeds - seeds.length) }, (_, i) => Math.max(...seeds) + 1 + i);
  return {
    ...experiment,
    base: {
      ...base,
      ...(size.prompts === before.prompts ? {} : { prompts: size.prompts }),
      ...(size.group === before.group ? {} : { group: size.group }),
    },
    seeds: [...seeds, ...more].slice(0, size.seeds),
    steps: size.steps,
    evaluation: {
      ...evaluation,
      every: isShorter ? Math.ceil(evaluation.every * share) : evaluation.every,
      prompts: size.evaluationPrompts,
      n: size.evaluationRollouts,
    },
    curve: {
      ...curve,
      every: isShorter ? Math.max(1, Math.min(curve.every, Math.ceil(size.steps / MOST_CURVE_POINTS))) : curve.every,
    },
  };
}

const times = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What a size means for what may be said, in sentences; none for one that loses nothing. */
export function consequences(experiment: Experiment, size: Size): string[] {
  const before = sizeOf(experiment);
  const said: string[] = [];
  if (size.seeds < LEAST_SEEDS) said.push(fewSeeds(size.seeds));
  if (size.steps < before.steps)
    said.push(
      size.steps === 0
        ? 'Without training steps every arm is the policy it starts from.'
        : `${times(size.steps, 'step')} instead of ${before.steps} show the beginning only: what comes later is not seen.`,
    );
  if (size.steps !== before.steps && experiment.arms.some(({ set }) => set['schedules'] !== undefined))
    said.push(`The schedules of the arms are made for ${before.steps} steps and are not stretched.`);
  if (size.prompts !== before.prompts || size.group !== before.group)
    said.push('Another batch trains another way: compare the results with those of the same batch only.');
  if (size.evaluationPrompts < before.evaluationPrompts)
    said.push(
      `Evaluated on ${times(size.evaluationPrompts, 'prompt')} instead of ${before.evaluationPrompts}, numbers are noisier, so intervals are wider.`,
    );
  if (size.evaluationRollouts < before.evaluationRollouts)
    said.push(
      `With ${times(size.evaluationRollouts, 'rollout')} a prompt, pass@k is told up to k = ${size.evaluationRollouts} only.`,
    );
  return said;
}

const fewSeeds = (seeds: number) =>
  `With ${times(seeds, 'seed')} no difference can be named: at least ${LEAST_SEEDS} are needed.`;

/** What to know of the size of an experiment that was made by hand. */
export function sizeSentences({ seeds, arms }: Pick<Experiment, 'seeds' | 'arms'>): string[] {
  return seeds.length < LEAST_SEEDS && arms.length > 1 ? [fewSeeds(seeds.length)] : [];
}
