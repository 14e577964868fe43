// What the recipes of all tasks have in common.

import type { BaseRecipe } from './task.ts';

/** Two layers of width 64, 165 000 parameters: what Countdown with three numbers was measured with. */
const COMMON = {
  batch: 128,
  initialDeviation: 0.02,
  learningRate: 2e-3,
  warmupSteps: 100,
  decay: 'cosine',
  beta2: 0.98,
  weightDecay: 0.01,
  clipNorm: 1,
  policy: { layers: 2, width: 64, heads: 4, kvHeads: 4, mlpWidth: 256 },
} as const satisfies Partial<BaseRecipe>;

/** A recipe: what the task must say, and what it does not leave to the common one. */
export function recipe(
  own: Pick<BaseRecipe, 'difficulty' | 'solvingShare' | 'steps'> & Partial<BaseRecipe>,
): BaseRecipe {
  return { ...COMMON, ...own };
}
