// What a reader sets of a base; the rest is the task's recipe.

import { parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { parameterCount } from '../../policy/parameters.ts';
import { taskByName } from '../../tasks/index.ts';

export const SIZES = ['small', 'recipe', 'larger', 'large'] as const;
export type SizeName = (typeof SIZES)[number];

const POLICIES = {
  small: { layers: 1, width: 32, heads: 2, kvHeads: 2, mlpWidth: 128 },
  recipe: {},
  larger: { layers: 3, width: 96, heads: 6, kvHeads: 6, mlpWidth: 384 },
  large: { layers: 4, width: 128, heads: 8, kvHeads: 8, mlpWidth: 512 },
} as const satisfies Record<SizeName, object>;

/** A training is at least so many warm-ups long. */
const LEAST_WARM_UPS = 4;

export interface Draft {
  readonly task: string;
  readonly difficulty: string;
  readonly steps: number;
  readonly solvingShare: number;
  readonly learningRate: number;
  readonly size: SizeName;
  readonly seed: number;
  /** '': named by its task and settings. */
  readonly name: string;
}

/** The task's own recipe. */
export function draftOf(task: string): Draft {
  const { difficulty, steps, solvingShare, learningRate } = taskByName(task).recipe;
  return { task, difficulty, steps, solvingShare, learningRate, size: 'recipe', seed: 0, name: '' };
}

/** For parsePretrainConfig. A short training must not end before its warm-up does. */
export function settingsOf({ size, name: _, ...draft }: Draft): {
  readonly task: string;
  readonly [field: string]: unknown;
} {
  const warmupSteps = Math.min(taskByName(draft.task).recipe.warmupSteps, Math.ceil(draft.steps / LEAST_WARM_UPS));
  return { ...draft, warmupSteps, policy: POLICIES[size] };
}

/** '2 layers of width 64: 133,000 parameters'. */
export function sizeText(size: SizeName, task: string): string {
  const config = parsePretrainConfig({ task, policy: POLICIES[size] });
  const { layers, width } = config.policy;
  const count = Number(parameterCount(pretrainPolicy(config)).toPrecision(3));
  return `${layers} layer${layers === 1 ? '' : 's'} of width ${width}: ${count.toLocaleString('en')} parameters`;
}

/** Steps of equal key take equally long. */
export const rateKey = ({ task, difficulty, size }: Draft): string => JSON.stringify([task, difficulty, size]);
