// The sampler of METHOD.md section 1 on the CPU, in the paper's order:
//
//   entropy H_t -> queue Q -> threshold H_th -> temperature tau_t -> truncation -> draw
//
// Stepwise: whoever has logits (the CPU engine, the headless `sample` command) gives them for all rows at once, because
// rows share queues. Sums are float64; entropies, thresholds and temperatures are rounded to the float32 that is
// recorded before anything is decided by them, so a record repeats its own decisions.

import type { SamplerConfig } from './config.ts';
import { EntropyQueue } from './entropyQueue.ts';
import { philox4x32, seedWords, unitInterval } from './philox.ts';
import { queueMembers, temperaturesOfRows } from './samplerStructure.ts';
import { judge } from './temperatureRule.ts';
import { thresholdNats } from './threshold.ts';
import { truncationCut } from './truncationCut.ts';

export interface CpuSamplerRows {
  /** The prompt of each row; consecutive rows of a prompt are its rollouts. */
  readonly groups: ArrayLike<number>;
  readonly vocabulary: number;
  readonly seed: number;
  /** Which batch of rollouts this is; default 0. */
  readonly stream?: number;
  /** Entropy queues of an earlier batch, oldest entropy first, by queue index; those that lack start empty. */
  readonly queues?: readonly ArrayLike<number>[];
  /** Tokens that each row has drawn already, in a batch that is taken up again; default 0. */
  readonly generated?: ArrayLike<number>;
}

/** What a step recorded, by row: TokenRecords' fields. Rows that were not live keep what they had. */
export interface SamplerStep {
  readonly token: Int32Array;
  readonly entropyNats: Float32Array;
  readonly thresholdNats: Float32Array;
  readonly queueLength: Int32Array;
  readonly hot: Uint8Array;
  readonly tau: Float32Array;
  readonly logpTau: Float32Array;
  readonly logp1: Float32Array;
}

export class CpuSampler {
  private readonly config: SamplerConfig;
  private readonly vocabulary: number;
  private readonly key: readonly [number, number];
  private readonly stream: number;
  private readonly queueOfRow: Uint32Array;
  private readonly queues: EntropyQueue[];
  /** (hot, cold) of each row. */
  private readonly temperatures: Float32Array;
  /** Tokens that each row has generated so far. */
  private readonly positions: Uint32Array;
  private readonly record: SamplerStep;
  /** Of each row's logits in this step: max z, and sum e^(z - max). */
  private readonly largest: Float64Array;
  private readonly total: Float64Array;
  private readonly words = new Uint32Array(4);
  private readonly scratch: Float32Array;

  /** @throws RangeError for a seed that is no safe integer >= 0 */
  constructor(
    config: SamplerConfig,
    { groups, vocabulary, seed, stream = 0, queues = [], generated = [] }: CpuSamplerRows,
  ) {
    const rows = groups.length;
    const members = queueMembers(config.queue.scope, groups);
    this.config = config;
    this.vocabulary = vocabulary;
    this.key = seedWords(seed);
    this.stream = stream;
    this.queueOfRow = members.queueOfRow;
    this.queues = Array.from(
      { length: members.queues },
      (_, i) => new EntropyQueue(config.queue.capacity, queues[i] ?? []),
    );
    this.temperatures = temperaturesOfRows(config, groups);
    this.positions = Uint32Array.from({ length: rows }, (_, row) => generated[row] ?? 0);
    this.largest = new Float64Array(rows);
    this.total = new Float64Array(rows);
    this.scratch = new Float32Array(vocabulary);
    this.record = {
      token: new Int32Array(rows),
      entropyNats: new Float32Array(rows),
      thresholdNats: new Float32Array(rows),
      queueLength: new Int32Array(rows),
      hot: new Uint8Array(rows),
      tau: new Float32Array(rows),
      logpTau: new Float32Array(rows),
      logp1: new Float32Array(rows),
    };
  }

  /**
   * One decode step: draws a token for every live row from logits [rows, V] (after no temperature).
   * forced[r] >= 0 is taken instead of the drawn token. The arrays returned are overwritten by the next step.
   * @throws RangeError for logits that hold a NaN or have no finite maximum, or a forced token outside the vocabulary
   */
  step(logits: Float32Array, live: ArrayLike<boolean | number>, forced?: Int32Array): SamplerStep {
    const rows: number[] = [];
    for (let row = 0; row < this.positions.length; row++) if (live[row]) rows.push(row);
    for (const row of rows) this.measure(row, this.logitsOf(row, logits));

    if (this.config.queue.order === 'push-first') this.pushAll(rows);
    const thresholds = this.queues.map((queue) => thresholdNats(this.config.threshold, queue));
    for (const row of rows) {
      this.gate(row, thresholds[this.queueOfRow[row]!]!);
      this.draw(row, this.logitsOf(row, logits), forced?.[row] ?? -1);
    }
    if (this.config.queue.order === 'threshold-first') this.pushAll(rows);
    for (const row of rows) this.positions[row]! += 1;
    return this.record;
  }

  /** The entropy queues, oldest entropy first, by queue index. */
  readQueues(): Float32Array[] {
    return this.queues.map((queue) => queue.read());
  }

  private logitsOf(row: number, logits: Float32Array): Float32Array {
    return logits.subarray(row * this.vocabulary, (row + 1) * this.vocabulary);
  }

  /** H = ln sum e^y - sum y e^y / sum e^y with y = z - max z. */
  private measure(row: number, z: Float32Array): void {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < z.length; i++) largest = Math.max(largest, z[i]!);
    if (!Number.isFinite(largest))
      throw new RangeError(`The largest logit of row ${row} is ${largest}, so there is no distribution to draw from.`);
    let total = 0;
    let weighted = 0;
    for (let i = 0; i < z.length; i++) {
      const weight = Math.exp(z[i]! - largest);
      total += weight;
      // A token of probability 0 adds nothing: p ln p -> 0.
      if (weight > 0) weighted += weight * (z[i]! - largest);
    }
    this.largest[row] = largest;
    this.total[row] = total;
    this.record.entropyNats[row] = Math.max(0, Math.log(total) - weighted / total);
  }

  /** Every queue gets the entropies of its live rows, in row order. */
  private pushAll(rows: readonly number[]): void {
    const entropies = new Map<number, number[]>();
    for (const row of rows) {
      const queue = this.queueOfRow[row]!;
      const list = entropies.get(queue);
      if (list === undefined) entropies.set(queue, [this.record.entropyNats[row]!]);
      else list.push(this.record.entropyNats[row]!);
    }
    for (const [queue, list] of entropies) this.queues[queue]!.push(Float32Array.from(list));
  }

  /** Records the class and the temperature of the row's token. */
  private gate(row: number, threshold: number): void {
    const { config, record } = this;
    const queue = this.queues[this.queueOfRow[row]!]!;
    const H = record.entropyNats[row]!;
    const { hot, tau } = judge(config, {
      H,
      threshold,
      queueLength: queue.length,
      hotTau: this.temperatures[2 * row]!,
      coldTau: this.temperatures[2 * row + 1]!,
      midrank: () => queue.midrank(H, config.queue.order),
    });
    record.thresholdNats[row] = threshold;
    record.queueLength[row] = queue.length;
    record.hot[row] = hot ? 1 : 0;
    record.tau[row] = tau;
  }

  /**
   * An exponential race: with w = e^((z - max) / tau) and E ~ Exp(1), the kept token of least E / w is distributed as
   * softmax(z / tau). The noise does not depend on tau, so two temperatures share it.
   */
  private draw(row: number, z: Float32Array, forced: number): void {
    if (forced >= z.length)
      throw new RangeError(`The forced token ${forced} of row ${row} is not in the vocabulary of ${z.length} tokens.`);
    const { record, words, stream } = this;
    const [key0, key1] = this.key;
    const position = this.positions[row]!;
    const largest = this.largest[row]!;
    const tau = record.tau[row]!;
    if (tau === 0) {
      const token = forced >= 0 ? forced : z.indexOf(largest);
      this.take(row, token, 0, z[token]!);
      return;
    }
    const cut = truncationCut(this.config.truncation, z, largest, tau, this.scratch);
    let token = -1;
    let best = Number.POSITIVE_INFINITY;
    let total = 0;
    for (let i = 0; i < z.length; i++) {
      if ((i & 3) === 0) philox4x32(words, i >>> 2, position, row, stream, key0, key1);
      if (z[i]! < cut) continue;
      const weight = Math.exp((z[i]! - largest) / tau);
      total += weight;
      const v = unitInterval(words[i & 3]!);
      // E = -ln(1 - v) >= v: most tokens have lost before the logarithm is taken.
      if (v > best * weight) continue;
      const time = -Math.log1p(-v) / weight;
      // Strictly less: of equal times the smaller index wins.
      if (time < best) {
        best = time;
        token = i;
      }
    }
    if (forced >= 0) token = forced;
    const chosen = z[token]!;
    const logpTau = chosen < cut ? Number.NEGATIVE_INFINITY : (chosen - largest) / tau - Math.log(total);
    this.take(row, token, logpTau, chosen);
  }

  private take(row: number, token: number, logpTau: number, chosen: number): void {
    this.record.token[row] = token;
    this.record.logpTau[row] = logpTau;
    this.record.logp1[row] = chosen - this.largest[row]! - Math.log(this.total[row]!);
  }
}
