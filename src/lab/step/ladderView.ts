// The rollouts of a group by their place on the ladder.

import { ladderShift, rowTemperatures } from '../../temperature/ladder.ts';
import { type Branch, isWhole } from './branches.ts';
import { endWords, rolloutFacts } from './facts.ts';
import type { ShownGroup } from './group.ts';
import type { GroupScore } from './groupScore.ts';

export interface RungMember {
  readonly row: number;
  /** The verifier's, or with penalties once the group is scored; null until the rollout is whole and judged. */
  readonly reward: number | null;
  readonly outcome: string | null;
  readonly advantage: number | null;
}

export interface Rung {
  readonly shift: number;
  /** null: a record does not tell. */
  readonly taus: readonly [hot: number, cold: number] | null;
  readonly members: readonly RungMember[];
  /** Share of the group's sum of |A|; null until it is scored, or where there is none. */
  readonly signal: number | null;
}

/** What the ladder adds to the temperatures of a rollout. */
export function shiftOf({ recorded }: ShownGroup, branch: Branch, row: number): number {
  if (branch.take !== null) return ladderShift(branch.take.sampler, row);
  return recorded?.rollouts[row]?.ladderOffset ?? 0;
}

/** Rungs from the coldest to the hottest, by the sampler of the branch's last take. */
export function ladderRungs(group: ShownGroup, branch: Branch, score: GroupScore | null): Rung[] {
  const members = branch.strips.map((strip, row): RungMember & { readonly shift: number } => {
    const isKnown = isWhole(branch, row);
    const { verdict } = rolloutFacts(group, strip);
    return {
      row,
      shift: shiftOf(group, branch, row),
      reward: isKnown ? (score?.rollouts[row]?.reward ?? verdict?.reward ?? null) : null,
      outcome: isKnown ? (verdict?.outcome ?? endWords(strip.rollout)) : null,
      advantage: score?.rollouts[row]?.scored.advantage ?? null,
    };
  });
  const all = members.reduce((sum, { advantage }) => sum + Math.abs(advantage ?? 0), 0);
  const shifts = [...new Set(members.map(({ shift }) => shift))].sort((a, b) => a - b);
  return shifts.map((shift) => {
    const own = members.filter((member) => member.shift === shift);
    const taus = branch.take === null ? null : rowTemperatures(branch.take.sampler, shift);
    const signal = own.reduce((sum, { advantage }) => sum + Math.abs(advantage ?? 0), 0);
    return { shift, taus, members: own, signal: score === null || all === 0 ? null : signal / all };
  });
}
