// What a library must offer to be measured. This project's engine and every peer implement the same interface, so
// the measuring code cannot favour one of them.

import type { PolicyConfig } from '../src/policy/config.ts';
import type { NamedTensors } from '../src/policy/parameters.ts';

/** AdamW as every contender runs it: decoupled decay on matrices only, no clipping. */
export const ADAMW = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 } as const;

export interface TrainingTask {
  readonly config: PolicyConfig;
  readonly parameters: NamedTensors;
  readonly rows: number;
  /** Tokens of each row. */
  readonly length: number;
}

export interface Training {
  /**
   * One AdamW step on the mean cross-entropy of ids[row, 1..] given what precedes them. `ids` is [rows, length].
   * Resolves with the loss before the step, when the device has finished the whole step.
   */
  step(ids: Int32Array): Promise<number>;
  close(): void;
}

export interface DecodingTask {
  readonly config: PolicyConfig;
  readonly parameters: NamedTensors;
  /** One prompt token a row. */
  readonly prompts: Int32Array;
  readonly newTokens: number;
  readonly tau: number;
}

export interface Decoding {
  /** Samples newTokens for every row, with a key/value cache. Resolves with the ids, [rows, newTokens], on the CPU. */
  run(seed: number): Promise<Int32Array>;
  close(): void;
}

export interface SamplingTask {
  /** [rows, vocabulary] */
  readonly logits: Float32Array;
  readonly rows: number;
  readonly vocabulary: number;
  /** Draws that one measurement takes of every row. */
  readonly times: number;
}

export interface Draw {
  readonly tokens: Int32Array;
  /** Entropy of softmax(logits) in nats; null where the library's sampler does not compute it. */
  readonly entropyNats: Float32Array | null;
}

export interface Sampling {
  /**
   * Computes softmax and entropy and draws one token a row at temperature 1 (the cheapest for a library that would have
   * to scale the logits first), `times` times over, from logits that are already where the sampler wants them. Resolves with the last draw on the CPU, when all are done.
   */
  draw(seed: number): Promise<Draw>;
  close(): void;
}

export interface Contender {
  /** As in the names of the results: "jaxjs" in train.vs_jaxjs. */
  readonly name: string;
  openTraining?(task: TrainingTask): Promise<Training>;
  openDecoding?(task: DecodingTask): Promise<Decoding>;
  openSampling?(task: SamplingTask): Promise<Sampling>;
}
