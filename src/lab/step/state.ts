// What the Step room shows, as one value.

import type { Branch, Place } from './branches.ts';
import type { NextToken, PolicyView } from './calls.ts';
import type { StepPolicyRef } from './policy.ts';
import type { Posed } from './posed.ts';

/** The distribution of one place. */
export interface KnownDistribution extends NextToken {
  readonly key: string;
}

/** A group that is shown. */
export interface ShownGroup {
  readonly posed: Posed;
  readonly view: PolicyView;
  readonly branches: readonly Branch[];
  /** The branch that is shown, by id. */
  readonly current: number;
}

export interface StepState {
  readonly policy: StepPolicyRef;
  /** null: nothing was rolled out yet. */
  readonly group: ShownGroup | null;
  /** Which token the panels speak of. */
  readonly place: Place;
  /** Tokens are being drawn. */
  readonly isBusy: boolean;
  readonly isPlaying: boolean;
  readonly tokensPerSecond: number;
  /** Which noise the group is drawn with. */
  readonly noise: number;
  /** Kept queues go on from what the group before left in them; false: every group starts with empty queues. */
  readonly carriesQueues: boolean;
  /** Why the last wish was not granted; one sentence. */
  readonly refusal: string | null;
  readonly distribution: KnownDistribution | null;
  /** A threshold that recorded tokens are judged by instead of their own, nats; null: their own. */
  readonly whatIfNats: number | null;
}

export const INITIAL_STATE: StepState = {
  policy: { kind: 'base', task: '' },
  group: null,
  place: { row: 0, index: 0 },
  isBusy: false,
  isPlaying: false,
  tokensPerSecond: 8,
  noise: 0,
  carriesQueues: false,
  refusal: null,
  distribution: null,
  whatIfNats: null,
};

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
