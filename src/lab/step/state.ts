// What the Step room shows, as one value.

import type { Place } from './branches.ts';
import type { NextToken } from './calls.ts';
import type { ColourBy } from './colours.ts';
import type { ShownGroup } from './group.ts';
import type { StepPolicyRef } from './policy.ts';
import type { KnownScore } from './scoring.ts';

/** The distribution of one place. */
export interface KnownDistribution extends NextToken {
  readonly key: string;
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
  /** Of the group that is shown, once it is whole; compare `strips` before using it. */
  readonly score: KnownScore | null;
  /** Optimiser steps on the group before the pass that is scored. */
  readonly updates: number;
  readonly colourBy: ColourBy;
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
  score: null,
  updates: 0,
  colourBy: 'class',
};
