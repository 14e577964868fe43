// The group that is shown: its prompt, its policy, and its branches.

import type { Branch, Place } from './branches.ts';
import type { PolicyView } from './calls.ts';
import type { RecordedGroup } from './files.ts';
import type { Posed } from './posed.ts';

/** A group that is shown. */
export interface ShownGroup {
  readonly posed: Posed;
  readonly view: Pick<PolicyView, 'tokens' | 'special' | 'version'>;
  readonly branches: readonly Branch[];
  /** The branch that is shown, by id. */
  readonly current: number;
  /** The file that it comes from; null: it was sampled here. */
  readonly recorded: RecordedGroup | null;
}

export function branchOf({ branches, current }: Pick<ShownGroup, 'branches' | 'current'>): Branch {
  return branches.find(({ id }) => id === current) ?? branches[0]!;
}

/** Prompt and completion up to a place, which is the next token's. */
export function prefixOf({ posed }: ShownGroup, branch: Branch, { row, index }: Place): Int32Array {
  return Int32Array.from([...posed.promptIds, ...branch.strips[row]!.rollout.ids.subarray(0, index)]);
}

/** Names the distribution of a place. */
export function distributionKey(group: ShownGroup, branch: Branch, place: Place): string {
  return `${group.view.version} ${prefixOf(group, branch, place)}`;
}
