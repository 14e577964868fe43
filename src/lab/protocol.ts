// What the page and the engine's worker say to each other: numbered questions, each answered once, and one piece of
// news. Both ends are built from this file, so messages are trusted; what a person or a link supplies (the sampler's
// settings) is checked by the worker before it is used.

import type { Backend, Rollout } from '../policy/engine.ts';
import type { SamplerConfigInput } from '../temperature/config.ts';

/** Opens the best engine there is. Asked first. */
export interface OpenQuestion {
  readonly ask: 'open';
}

/** Rolls out one group from the specimen's prompt. */
export interface RollQuestion {
  readonly ask: 'roll';
  readonly rows: number;
  readonly tokens: number;
  readonly seed: number;
  readonly sampler: SamplerConfigInput;
}

/** The policy's next-token distribution after these ids, the prompt's included. */
export interface DistributionQuestion {
  readonly ask: 'distribution';
  readonly ids: readonly number[];
}

export type Question = OpenQuestion | RollQuestion | DistributionQuestion;

export interface EngineDescription {
  readonly backend: Backend;
  /** What runs it, in words. */
  readonly adapter: string;
  /** Why it is not the GPU, in one sentence; null when it is. */
  readonly notice: string | null;
  /** Trainable values of the policy. */
  readonly parameters: number;
}

/** What each question is answered with. */
export interface Answers {
  readonly open: EngineDescription;
  readonly roll: readonly Rollout[];
  /** log softmax(z), nats, by token id. */
  readonly distribution: Float32Array;
}

export type AnswerTo<Q extends Question> = Answers[Q['ask']];

export interface ToWorker {
  readonly id: number;
  readonly question: Question;
}

export type FromWorker =
  | { readonly id: number; readonly answer: AnswerTo<Question> }
  /** Why there is no answer, in one readable sentence. */
  | { readonly id: number; readonly refusal: string }
  /** The engine is gone, and why. */
  | { readonly lost: string };
