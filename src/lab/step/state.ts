// What the Step room shows, as one value, and what can be done in it.

import type { StoreApi } from 'zustand/vanilla';
import type { LabClient } from '../client.ts';
import type { NextToken } from './calls.ts';
import type { RecordedGroup } from './files.ts';
import type { StepPolicyRef } from './policy.ts';
import type { TokenRoom, TokenState } from './tokenRoom.ts';

/** The distribution of one place. */
export interface KnownDistribution {
  readonly key: string;
  /** null: there is none. */
  readonly next: NextToken | null;
  /** Why there is none; one sentence. */
  readonly refusal: string | null;
}

export interface StepState extends TokenState {
  readonly policy: StepPolicyRef;
  /** Which noise the group is drawn with. */
  readonly noise: number;
  /** Why the last wish was not granted; one sentence. */
  readonly refusal: string | null;
  /** Whether the same wish may be granted another time: an engine may come back, a broken file stays broken. */
  readonly canRetry: boolean;
  readonly distribution: KnownDistribution | null;
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

export interface StepRoom extends TokenRoom, StoreApi<StepState> {
  readonly getState: () => StepState;
  readonly getInitialState: () => StepState;
  readonly subscribe: StoreApi<StepState>['subscribe'];
  readonly attach: (client: LabClient) => void;
  /** Draws what the settings ask for and is not there yet. */
  readonly sync: () => Promise<void>;
  /** Poses the reader's own text, or with null problem `problem` of the task. Refused, everything stays. */
  readonly pose: (prompt: string | null, problem?: number) => void;
  /** The same prompt with other noise. */
  readonly freshNoise: () => void;
  readonly nextRollout: () => Promise<void>;
  /** Shows the pass that follows so many optimiser steps on the group. */
  readonly updateBy: (updates: number) => void;
  readonly choosePolicy: (policy: StepPolicyRef) => void;
  /** Shows the rollout records of a file. Refused, everything stays. */
  readonly openFile: (name: string, bytes: Uint8Array) => void;
  /** Another group of the file that is open. */
  readonly showRecorded: (index: number) => void;
  /** Goes back to sampling. */
  readonly closeFile: () => void;
  readonly dismiss: () => void;
}
