// What the recipes of all tasks have in common.

import type { BaseRecipe } from './task.ts';

/**
 * Two layers of width 64, about 133 000 parameters. With first weights as small as GPT-2's (.02) the look-ups of table
 * navigation were not found in 900 steps; at .08, about 1 / sqrt(width), in 400.
 */
const COMMON = {
  batch: 128,
  initialDeviation: 0.08,
  learningRate: 3e-3,
  warmupSteps: 100,
  decay: 'cosine',
  beta2: 0.98,
  weightDecay: 0.01,
  clipNorm: 1,
  policy: { layers: 2, width: 64, heads: 4, kvHeads: 4, mlpWidth: 256 },
} as const satisfies Partial<BaseRecipe>;

type Own = Pick<BaseRecipe, 'difficulty' | 'solvingShare' | 'steps'> &
  Partial<Omit<BaseRecipe, 'policy'>> & { readonly policy?: Partial<BaseRecipe['policy']> };

/** A recipe: what the task must say, and what it does not leave to the common one. */
export function recipe(own: Own): BaseRecipe {
  return { ...COMMON, ...own, policy: { ...COMMON.policy, ...own.policy } };
}
