// What the views of tokens show and ask for, whoever draws the tokens: a small policy (the Step room) or a language model.

import type { StoreApi } from 'zustand/vanilla';
import type { Place } from './branches.ts';
import type { ColourBy } from './colours.ts';
import type { ShownGroup } from './group.ts';
import type { KnownScore } from './scoring.ts';

export interface TokenState {
  /** null: nothing was rolled out yet. */
  readonly group: ShownGroup | null;
  /** Which token the panels speak of. */
  readonly place: Place;
  /** Tokens are being drawn. */
  readonly isBusy: boolean;
  readonly isPlaying: boolean;
  readonly tokensPerSecond: number;
  /** Kept queues go on from what the group before left in them; false: every group starts with empty queues. */
  readonly carriesQueues: boolean;
  /** A threshold that recorded tokens are judged by instead of their own, nats; null: their own. */
  readonly whatIfNats: number | null;
  /** Of the group that is shown, once it is whole; compare `strips` before using it. */
  readonly score: KnownScore | null;
  /** Optimiser steps on the group before the pass that is scored. */
  readonly updates: number;
  readonly colourBy: ColourBy;
}

export interface TokenRoom extends Pick<StoreApi<TokenState>, 'getState' | 'getInitialState' | 'subscribe'> {
  readonly next: () => Promise<void>;
  /** The rest of one rollout; null where all rollouts go on together. */
  readonly nextRollout: (() => Promise<void>) | null;
  readonly revealAll: () => Promise<void>;
  readonly back: () => void;
  readonly toStart: () => void;
  readonly play: () => void;
  readonly pause: () => void;
  readonly setSpeed: (tokensPerSecond: number) => void;
  /** The same prompt and noise, every token by the settings as they are. */
  readonly rollAgain: () => Promise<void>;
  readonly look: (place: Place) => void;
  /** Takes another token at the place that is looked at. */
  readonly branch: (token: number, noise: 'same' | 'fresh') => Promise<void>;
  readonly showBranch: (id: number) => void;
  readonly removeBranch: (id: number) => void;
  readonly judgeBy: (whatIfNats: number | null) => void;
  readonly colour: (colourBy: ColourBy) => void;
  /** Whether kept queues go on from the group before. */
  readonly carryQueues: (isOn: boolean) => void;
}
