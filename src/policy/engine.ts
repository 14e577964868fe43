// The one interface that every engine offers: WebGPU (src/policy), wasm (src/cpu) and the float64 oracle
// (src/reference). The trainer, the headless commands and the page know only this.

import type { SamplerConfig } from '../temperature/config.ts';
import type { TokenRecords } from '../temperature/record.ts';
import type { PolicyConfig } from './config.ts';
import type { NamedTensors } from './parameters.ts';

export type Backend = 'webgpu' | 'cpu' | 'reference';

/**
 * Ragged rows of tokens, packed end to end: row b is ids[rowStart[b] .. rowStart[b + 1]).
 * Cost is proportional to ids.length; nothing is padded.
 */
export interface TokenBatch {
  readonly ids: Int32Array;
  /** Length rows + 1, first 0, last ids.length, strictly increasing. */
  readonly rowStart: Int32Array;
  /** tau[i] > 0 tempers the prediction OF ids[i]; the entry at each row's first token is ignored. */
  readonly tau: Float32Array;
}

/** Per token, aligned with TokenBatch.ids: all three speak of the prediction OF ids[i]; a row's first entry is 0. */
export interface TokenScores {
  /** log softmax(z)[id], nats. */
  readonly logp1: Float32Array;
  /** log softmax(z / tau)[id], nats. */
  readonly logpTau: Float32Array;
  /** Entropy of softmax(z) (tau = 1), nats. */
  readonly entropyNats: Float32Array;
}

/** coef[i] = dLoss / d logpTau[i]; aligned with TokenBatch.ids, a row's first entry is ignored. */
export type Coefficients = Float32Array | ((scores: TokenScores) => Float32Array);

export interface AdamWOptions {
  readonly learningRate: number;
  /** Default .9 */
  readonly beta1?: number;
  /** Default .999 */
  readonly beta2?: number;
  /** Default 1e-8 */
  readonly epsilon?: number;
  /** Decoupled; applied to matrices only. Default 0. */
  readonly weightDecay?: number;
  /** Largest global gradient norm; 0 or absent: no clipping. */
  readonly clipNorm?: number;
}

export interface UpdateReport {
  /** Global L2 norm of the gradient before clipping. */
  readonly gradNorm: number;
  /** False: the gradient held a NaN or an infinity, and parameters, moments and step count were left as they were. */
  readonly applied: boolean;
  /** AdamW's step count after this call. */
  readonly step: number;
}

export interface OptimizerState {
  readonly step: number;
  readonly firstMoment: NamedTensors;
  readonly secondMoment: NamedTensors;
}

export interface GenerateRequest {
  /** One prompt per row, each at least one token. */
  readonly prompts: readonly Int32Array[];
  /** Which prompt (group) each row belongs to; consecutive rows of a group are its rollouts. Default: each row its own. */
  readonly group?: Int32Array;
  readonly maxNewTokens: number;
  /** Sampling one of these ends the row; the stop token is part of the record. */
  readonly stopTokens: readonly number[];
  readonly sampler: SamplerConfig;
  /** 64-bit seed of the Philox key; a safe integer. */
  readonly seed: number;
  /** Which batch of rollouts this is (training step); part of the Philox counter. Default 0. */
  readonly stream?: number;
  /**
   * Tokens that are taken instead of the sampled ones, one list a row, from the first new token on (recorded as if
   * sampled, with their own log-probs). For branching and for replay of a record.
   */
  readonly forced?: readonly Int32Array[];
  /** Called after every block of decode steps with the count of steps decoded so far. */
  readonly onProgress?: (stepsDone: number) => void;
  readonly signal?: AbortSignal;
}

export interface Rollout extends TokenRecords {
  readonly row: number;
  readonly group: number;
  readonly promptIds: Int32Array;
  /** True: the last id is a stop token; false: cut at maxNewTokens. */
  readonly finished: boolean;
}

/**
 * A policy on some machine. Calls are queued: one runs after the other. Every method rejects with an Error whose
 * message is one readable sentence.
 */
export interface PolicyEngine {
  readonly backend: Backend;
  /** What runs it, in words: the GPU's name, or the CPU library. */
  readonly adapter: string;
  readonly config: PolicyConfig;

  /** Replaces all parameters; moments and step count are reset. Copies its input. */
  loadParameters(parameters: NamedTensors): Promise<void>;
  readParameters(): Promise<NamedTensors>;

  /** Log-probs and entropies of given tokens. */
  score(batch: TokenBatch): Promise<TokenScores>;

  /** Sets the gradient to zero. */
  zeroGradient(): Promise<void>;
  /** Adds the gradient of sum_i coef[i] * logpTau[i] and returns the scores it was taken at. */
  accumulateGradient(batch: TokenBatch, coefficients: Coefficients): Promise<TokenScores>;
  readGradient(): Promise<NamedTensors>;
  /** One AdamW step with global-norm clip on the accumulated gradient, which is then zeroed. */
  applyGradient(options: AdamWOptions): Promise<UpdateReport>;

  readOptimizer(): Promise<OptimizerState>;
  loadOptimizer(state: OptimizerState): Promise<void>;

  /** Rolls out every prompt. Entropy queues persist from call to call iff sampler.queue.keep; see resetQueues. */
  generate(request: GenerateRequest): Promise<Rollout[]>;
  /** Empties kept entropy queues. */
  resetQueues(): Promise<void>;
  /** Kept entropy queues, oldest entropy first, by queue index; for checkpoints. */
  readQueues(): Promise<Float32Array[]>;
  loadQueues(queues: readonly Float32Array[]): Promise<void>;

  destroy(): void;
}
