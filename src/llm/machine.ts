// What the stepping of a group needs of a device; gpuMachine.ts and cpuMachine.ts offer it.
//
// A snapshot is what a model knows after some tokens: keys and values of every layer, for G rows of equal length, and
// the logits of the next token. The runtime writes every run's cache into new tensors, so that to keep the old ones IS
// to keep the snapshot; who holds one counts, and the last to let go frees it.

import type { SamplerConfig } from '../temperature/config.ts';
import type { ort } from './runtime.ts';

/** Logits are [rows, V], f32: a slice of a GPU buffer, or an array. */
export class Snapshot<Logits> {
  readonly rows: number;
  /** Positions in the cache. */
  readonly length: number;
  readonly cache: ReadonlyMap<string, ort.Tensor>;
  /** null: copied from the midst of a longer snapshot. */
  readonly logits: Logits | null;
  readonly #free: () => void;
  #holders = 1;

  constructor(
    rows: number,
    length: number,
    cache: ReadonlyMap<string, ort.Tensor>,
    logits: Logits | null,
    free: () => void,
  ) {
    this.rows = rows;
    this.length = length;
    this.cache = cache;
    this.logits = logits;
    this.#free = free;
  }

  /** One more holder. */
  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** One holder less. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#free();
  }
}

/** What the sampler recorded of one token (src/temperature/record.ts). */
export interface TokenRecord {
  readonly id: number;
  readonly entropyNats: number;
  readonly thresholdNats: number;
  readonly queueLength: number;
  readonly hot: number;
  readonly tau: number;
  readonly logpTau: number;
  readonly logp1: number;
}

/** Where a sampler takes a group up. */
export interface SamplerPlace {
  /** By row. */
  readonly live: readonly boolean[];
  /** Tokens each row has drawn. */
  readonly generated: readonly number[];
  /** The newest token of each row: what ended rows go on to be fed. */
  readonly tokens: readonly number[];
  /** Entropies, oldest first, by queue index. */
  readonly queues: readonly (readonly number[])[];
}

export interface StepSamplerOptions {
  readonly rows: number;
  readonly config: SamplerConfig;
  readonly seed: number;
  readonly stream: number;
  readonly maxNewTokens: number;
  readonly stopTokens: readonly number[];
}

export interface StepTaken<Logits> {
  /** By row; null for rows that had ended. */
  readonly records: readonly (TokenRecord | null)[];
  /** Behind the drawn tokens; null when it was not asked for. */
  readonly next: Snapshot<Logits> | null;
}

/** Draws a group's tokens, step after step. */
export interface StepSampler<Logits> {
  /** Where the next step stands, and by row the token that it takes instead of the drawn one (null: none). */
  seek(place: SamplerPlace, forced: readonly (number | null)[]): void;
  /** One token for every live row; then, when `goesOn`, the model's run on them. `from` stays as it is. */
  step(from: Snapshot<Logits>, goesOn: boolean): Promise<StepTaken<Logits>>;
  destroy(): void;
}

export interface RankRequest {
  /** Tokens to list, at most 64. */
  readonly count: number;
  /** At most three, above 0. */
  readonly taus: readonly number[];
  readonly truncation: SamplerConfig['truncation'];
}

/** The largest logits of one row, and what probabilities are made of. */
export interface RankedLogits {
  /** By falling logit, equal ones by rising id. */
  readonly ids: Int32Array;
  readonly logits: Float32Array;
  readonly largest: number;
  /** sum e^(l - largest) */
  readonly z1: number;
  readonly entropyNats: number;
  /** By tau: sum e^((l - largest) / tau) over all tokens, the smallest logit that truncation keeps, the sum over those. */
  readonly columns: readonly { readonly z: number; readonly cut: number; readonly kept: number }[];
}

export interface Machine<Logits> {
  /** V. */
  readonly vocabulary: number;
  /** Runs ids [rows, count] behind a snapshot, or behind nothing. The snapshot given stays as it is. */
  run(ids: Int32Array, rows: number, behind: Snapshot<Logits> | null): Promise<Snapshot<Logits>>;
  /** A snapshot of its own of the first `length` > 0 positions of the chosen rows; with logits when that is all of them. */
  pick(from: Snapshot<Logits>, rows: readonly number[], length: number): Promise<Snapshot<Logits>>;
  sampler(options: StepSamplerOptions): Promise<StepSampler<Logits>>;
  rank(snapshot: Snapshot<Logits>, row: number, request: RankRequest): Promise<RankedLogits>;
  /** What every further run would fail of; null: nothing. */
  readonly failure: unknown;
  /** Frees the model and the device. */
  destroy(): Promise<void>;
}
