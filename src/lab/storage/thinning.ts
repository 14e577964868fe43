// Rollouts are what fills a disk: a step's are some hundred times its metrics. When a run's outgrow its budget, the
// oldest go first, and every tenth step stays to the last, so that the whole run can still be looked into.

export const DEFAULT_ROLLOUT_BUDGET_BYTES = 256 * 2 ** 20;
export const KEPT_STRIDE = 10;

/**
 * In which order steps lose their rollouts until the rest fits: the oldest that are no multiple of KEPT_STRIDE, then the
 * oldest. The newest step is not among them.
 * @param kept steps whose rollouts are stored, oldest first
 */
export function thinningOrder(kept: readonly number[]): number[] {
  const older = kept.slice(0, -1);
  return [...older.filter((step) => step % KEPT_STRIDE !== 0), ...older.filter((step) => step % KEPT_STRIDE === 0)];
}

/** The rule and what it did, for the reader; null while every step still has its rollouts. */
export function thinningSentence(thinnedSteps: number, budgetBytes: number): string | null {
  if (thinnedSteps === 0) return null;
  const megabytes = Math.round(budgetBytes / 2 ** 20);
  return `The rollouts of ${thinnedSteps} of the older steps were dropped to stay within ${megabytes} MiB: the oldest go first, and every ${KEPT_STRIDE}th step stays longest; metrics are all kept.`;
}
