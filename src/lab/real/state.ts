// What the Real model room shows of a group of rollouts, as one value, and what can be done in it.

import type { StoreApi } from 'zustand/vanilla';
import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import type { TokenRoom, TokenState } from '../step/tokenRoom.ts';
import type { KnownAlternatives } from './calls.ts';
import type { ModelExperiments } from './experiments/state.ts';
import type { ModelStore } from './modelStore.ts';
import type { ProblemShelf } from './problemShelf.ts';
import { FIRST_DRAFT, type PromptDraft } from './prompt.ts';
import type { RealBranch } from './shown.ts';

/** What could have been drawn at one place. */
export interface ShownAlternatives {
  readonly key: string;
  /** null: there is none. */
  readonly found: KnownAlternatives | null;
  /** Why there is none; one sentence. */
  readonly refusal: string | null;
}

export interface RealState extends TokenState {
  readonly draft: PromptDraft;
  /** Longest completion, in tokens. */
  readonly maxNewTokens: number;
  /** Which noise the group is drawn with. */
  readonly noise: number;
  /** Beside `group`, which the views show: what the page knows of each of its branches. */
  readonly branches: readonly RealBranch[];
  readonly alternatives: ShownAlternatives | null;
  /** Of what takes longer than a token; null: nothing does. */
  readonly progress: { readonly done: number; readonly of: number; readonly what: string } | null;
  /** Why the last wish was not granted; one sentence. */
  readonly refusal: string | null;
}

export const INITIAL_REAL_STATE: RealState = {
  group: null,
  place: { row: 0, index: 0 },
  isBusy: false,
  isPlaying: false,
  tokensPerSecond: 8,
  carriesQueues: false,
  whatIfNats: null,
  score: null,
  updates: 0,
  colourBy: 'class',
  draft: FIRST_DRAFT,
  maxNewTokens: 128,
  noise: 0,
  branches: [],
  alternatives: null,
  progress: null,
  refusal: null,
};

export interface RealRoom extends TokenRoom, StoreApi<RealState> {
  readonly getState: () => RealState;
  readonly getInitialState: () => RealState;
  readonly subscribe: StoreApi<RealState>['subscribe'];
  readonly model: ModelStore;
  readonly problems: ProblemShelf;
  /** Experiments on language models: many questions, several rules, without training. */
  readonly experiments: ModelExperiments;
  readonly nextRollout: null;
  readonly edit: (change: Partial<PromptDraft>) => void;
  readonly setMaxNewTokens: (tokens: number) => void;
  /** Starts a group on the prompt as it is drafted. */
  readonly roll: () => Promise<void>;
  /** The same prompt with other noise. */
  readonly freshNoise: () => Promise<void>;
  /** The shown group as records; none where there is none. */
  readonly records: () => readonly RolloutRecord[];
  readonly dismiss: () => void;
}
