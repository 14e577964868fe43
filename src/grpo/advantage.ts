// From rewards to advantages, inside groups of rollouts of one prompt.
//
//   GRPO      A_i = (R_i - mean R) / (std R + 1e-4)      2402.03300; std over G - 1, as TRL computes it
//   Dr. GRPO  A_i = R_i - mean R                         2503.20783
//
// and DAPO's (2503.14476) two helpers: the soft penalty on length, and which groups are worth an update.

/** Keeps the division away from 0 (TRL's value). */
const STD_GUARD = 1e-4;

export type AdvantageScale = 'std' | 'none';

export interface GroupSummary {
  readonly group: number;
  readonly size: number;
  readonly mean: number;
  /** Sample standard deviation (over size - 1); 0 in a group of one. */
  readonly std: number;
  /** True: all rewards are the same, so no rollout of the group has a signal. */
  readonly isDead: boolean;
}

export interface GroupAdvantages {
  /** One per rollout; exactly 0 throughout a dead group. */
  readonly advantage: Float64Array;
  /** In order of first appearance. */
  readonly groups: readonly GroupSummary[];
}

function summarise(group: number, rewards: readonly number[]): GroupSummary {
  const size = rewards.length;
  const isDead = rewards.every((reward) => reward === rewards[0]);
  if (isDead) return { group, size, mean: rewards[0]!, std: 0, isDead };
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / size;
  const squares = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0);
  return { group, size, mean, std: Math.sqrt(squares / (size - 1)), isDead };
}

/**
 * Advantages within groups.
 * @param rewards one per rollout, finite
 * @param group which group each rollout belongs to, aligned with `rewards`
 * @param scale 'std': GRPO; 'none': Dr. GRPO
 * @throws RangeError when lengths differ or a reward is not finite
 */
export function groupAdvantages(
  rewards: ArrayLike<number>,
  group: ArrayLike<number>,
  scale: AdvantageScale,
): GroupAdvantages {
  if (rewards.length !== group.length)
    throw new RangeError(`There are ${rewards.length} rewards but ${group.length} group numbers.`);
  const members = new Map<number, number[]>();
  for (let i = 0; i < rewards.length; i++) {
    const reward = rewards[i]!;
    if (!Number.isFinite(reward)) throw new RangeError(`Rollout ${i} has the reward ${reward}, which is not finite.`);
    const list = members.get(group[i]!);
    if (list === undefined) members.set(group[i]!, [reward]);
    else list.push(reward);
  }
  const groups = [...members].map(([id, list]) => summarise(id, list));
  const summaries = new Map(groups.map((summary) => [summary.group, summary]));
  const advantage = Float64Array.from(rewards, (reward, i) => {
    const { mean, std } = summaries.get(group[i]!)!;
    return scale === 'std' ? (reward - mean) / (std + STD_GUARD) : reward - mean;
  });
  return { advantage, groups };
}

/**
 * DAPO's soft overlong penalty, to be added to the reward: 0 up to maxLength - cache, falling in a line to -1 at
 * maxLength, -1 beyond (equation 13).
 * @param length tokens of the completion
 * @param cache Lc, tokens over which the penalty grows; above 0
 */
export function overlongPenalty(length: number, maxLength: number, cache: number = maxLength / 5): number {
  if (!(cache > 0)) throw new RangeError(`The overlong cache must be above 0 tokens, but it is ${cache}.`);
  if (length <= maxLength - cache) return 0;
  return length <= maxLength ? (maxLength - cache - length) / cache : -1;
}

/** DAPO's dynamic sampling keeps a group iff some but not all of its rollouts are correct. */
export function isWorthUpdate(correct: number, groupSize: number): boolean {
  return correct > 0 && correct < groupSize;
}
