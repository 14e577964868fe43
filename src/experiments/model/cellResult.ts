// What is kept of one cell of an experiment on a language model: its rollouts whole, so that everything that is ever shown
// or exported of it follows from them.

import type { Rollout } from '../../policy/engine.ts';
import type { ModelCell } from './definition.ts';

export interface ModelVerdict {
  readonly reward: 0 | 1;
  /** Of tasks: their verifier's word. Of mathematics: 'correct', 'wrong answer', 'no answer', or 'unfinished'. */
  readonly outcome: string;
  /** What was taken for the answer; null: nothing, or the task does not say. */
  readonly extracted: string | null;
}

export interface ModelCellResult extends ModelCell {
  /** n of them, in order. */
  readonly rollouts: readonly Rollout[];
  /** Completions without special tokens, one a rollout. */
  readonly texts: readonly string[];
  /** One a rollout. */
  readonly verdicts: readonly ModelVerdict[];
  /** The text of every token that the completions hold. */
  readonly pieces: readonly (readonly [id: number, text: string])[];
  /** What kept queues hold after the cell, oldest first, by queue index; empty where none is kept. */
  readonly queues: readonly Float32Array[];
  /** What ran it, in words: the GPU's name, or the CPU. */
  readonly adapter: string;
  readonly seconds: number;
}
