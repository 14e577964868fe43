// What the Step room shows, as one value, and what can be done in it.

import type { StoreApi } from 'zustand/vanilla';
import type { LabClient } from '../client.ts';
import type { Place } from './branches.ts';
import type { NextToken } from './calls.ts';
import type { ColourBy } from './colours.ts';
import type { RecordedGroup } from './files.ts';
import type { ShownGroup } from './group.ts';
import type { StepPolicyRef } from './policy.ts';
import type { KnownScore } from './scoring.ts';

/** The distribution of one place. */
export interface KnownDistribution {
  readonly key: string;
  /** null: there is none. */
  readonly next: NextToken | null;
  /** Why there is none; one sentence. */
  readonly refusal: string | null;
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
  /** Whether the same wish may be granted another time: an engine may come back, a broken file stays broken. */
  readonly canRetry: boolean;
  readonly distribution: KnownDistribution | null;
  /** A threshold that recorded tokens are judged by instead of their own, nats; null: their own. */
  readonly whatIfNats: number | null;
  /** Of the group that is shown, once it is whole; compare `strips` before using it. */
  readonly score: KnownScore | null;
  /** Optimiser steps on the group before the pass that is scored. */
  readonly updates: number;
  readonly colourBy: ColourBy;
  /** Groups of the file that is open; null: what is shown is sampled here. */
  readonly records: readonly RecordedGroup[] | null;
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
  canRetry: false,
  distribution: null,
  whatIfNats: null,
  score: null,
  updates: 0,
  colourBy: 'class',
  records: null,
};

export interface StepRoom extends StoreApi<StepState> {
  readonly attach: (client: LabClient) => void;
  /** Draws what the settings ask for and is not there yet. */
  readonly sync: () => Promise<void>;
  /** Poses the reader's own text, or with null problem `problem` of the task. Refused, everything stays. */
  readonly pose: (prompt: string | null, problem?: number) => void;
  /** The same prompt with other noise. */
  readonly freshNoise: () => void;
  /** The same prompt and noise, every token by the settings as they are. */
  readonly rollAgain: () => Promise<void>;
  readonly next: () => Promise<void>;
  readonly nextRollout: () => Promise<void>;
  readonly revealAll: () => Promise<void>;
  readonly back: () => void;
  readonly toStart: () => void;
  readonly play: () => void;
  readonly pause: () => void;
  readonly setSpeed: (tokensPerSecond: number) => void;
  readonly look: (place: Place) => void;
  /** Takes another token at the place that is looked at. */
  readonly branch: (token: number, noise: 'same' | 'fresh') => Promise<void>;
  readonly showBranch: (id: number) => void;
  readonly removeBranch: (id: number) => void;
  readonly judgeBy: (whatIfNats: number | null) => void;
  /** Whether kept queues go on from the group before. */
  /** Shows the pass that follows so many optimiser steps on the group. */
  readonly updateBy: (updates: number) => void;
  readonly colour: (colourBy: ColourBy) => void;
  readonly carryQueues: (isOn: boolean) => void;
  readonly choosePolicy: (policy: StepPolicyRef) => void;
  /** Shows the rollout records of a file. Refused, everything stays. */
  readonly openFile: (name: string, bytes: Uint8Array) => void;
  /** Another group of the file that is open. */
  readonly showRecorded: (index: number) => void;
  /** Goes back to sampling. */
  readonly closeFile: () => void;
  readonly dismiss: () => void;
}
