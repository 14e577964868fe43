// The sampler of arXiv 2510.08892 in float64, in the paper's order, with the options of METHOD.md section 1:
//
//   entropy H_t -> queue Q -> threshold H_th -> temperature tau_t -> truncation -> draw
//
// Every faster sampler is compared with this file, step by step, on the same noise.

import type { SamplerConfig } from '../temperature/config.ts';
import { ladderShift, rowTemperatures } from '../temperature/ladder.ts';
import type { NoiseKey } from '../temperature/philox.ts';
import {
  type Distribution,
  type Logits,
  largestLogit,
  logProbability,
  softmaxEntropyNats,
  UNTEMPERED,
} from './distribution.ts';
import { race } from './race.ts';
import { midrank, thresholdNats } from './threshold.ts';
import { truncationCut } from './truncation.ts';

/** What one step recorded of one live row: TokenRecords for one token, and how near each decision was. */
export interface StepRecord {
  readonly row: number;
  readonly token: number;
  readonly entropyNats: number;
  readonly thresholdNats: number;
  readonly queueLength: number;
  readonly hot: 0 | 1;
  readonly tau: number;
  readonly logpTau: number;
  readonly logp1: number;
  readonly margins: StepMargins;
}

/**
 * How far each decision was from going the other way; a float32 engine may differ only where one of them is tiny.
 * Infinity where nothing was decided.
 */
export interface StepMargins {
  /** (second-best key - best key) / best key of the race. */
  readonly race: number;
  /** |H - H_th|, nats. */
  readonly gateNats: number;
  /** Of top-p: distance of the mass from the edge; of min-p: distance of a tempered logit from the cut. */
  readonly cut: number;
}

export interface SamplerRows extends NoiseKey {
  /** Which prompt each row belongs to, as in GenerateRequest. */
  readonly group: ArrayLike<number>;
}

export class ReferenceSampler {
  private readonly config: SamplerConfig;
  private readonly noise: NoiseKey;
  /** Tokens that each row has generated so far. */
  private readonly positions: number[];
  private readonly queueOfRow: readonly number[];
  private readonly shiftOfRow: readonly number[];
  /** Entropies, oldest first, by queue index. */
  private readonly queues: number[][];

  /** `queues` are kept entropy queues of an earlier batch, oldest entropy first; queues they lack start empty. */
  constructor(config: SamplerConfig, rows: SamplerRows, queues: readonly ArrayLike<number>[] = []) {
    this.config = config;
    this.noise = rows;
    const group = Array.from(rows.group);
    const prompts = [...new Set(group)];
    this.positions = group.map(() => 0);
    this.shiftOfRow = group.map((g, row) => ladderShift(config, group.slice(0, row).filter((x) => x === g).length));
    this.queueOfRow = group.map((g, row) => ({ rollout: row, prompt: prompts.indexOf(g), run: 0 })[config.queue.scope]);
    const count = Math.max(...this.queueOfRow) + 1;
    this.queues = Array.from({ length: count }, (_, i) => Array.from(queues[i] ?? []).slice(-config.queue.capacity));
  }

  /**
   * One decode step: draws a token for every live row from its logits (after no temperature).
   * `forced[row] >= 0` is taken instead of the drawn token. Rows that are not live push, draw and record nothing.
   * @throws RangeError for logits that hold a NaN or no finite maximum.
   */
  step(logits: readonly Logits[], live: readonly boolean[], forced: readonly number[] = []): StepRecord[] {
    const rows = this.positions.map((_, row) => row).filter((row) => live[row]);
    for (const row of rows) requireDistribution(logits[row]!, row);
    const entropies = new Map(rows.map((row) => [row, softmaxEntropyNats(logits[row]!)]));
    const pushAll = () => {
      for (const [row, entropy] of entropies) this.push(this.queueOfRow[row]!, entropy);
    };

    if (this.config.queue.order === 'push-first') pushAll();
    const windows = this.queues.map((queue) => Float64Array.from(queue).sort());
    const records = rows.map((row) =>
      this.draw(row, logits[row]!, entropies.get(row)!, windows[this.queueOfRow[row]!]!, forced[row] ?? -1),
    );
    if (this.config.queue.order === 'threshold-first') pushAll();
    for (const row of rows) this.positions[row]! += 1;
    return records;
  }

  /** The entropy queues, oldest entropy first, by queue index. */
  readQueues(): Float64Array[] {
    return this.queues.map((queue) => Float64Array.from(queue));
  }

  private push(queue: number, entropyNats: number): void {
    const q = this.queues[queue]!;
    q.push(entropyNats);
    if (q.length > this.config.queue.capacity) q.shift();
  }

  private draw(row: number, logits: Logits, entropyNats: number, window: Float64Array, forced: number): StepRecord {
    const threshold = thresholdNats(this.config.threshold, window);
    const { tau, hot } = this.temperature(row, entropyNats, threshold, window);
    const truncation = truncationCut(this.config.truncation, logits, tau);
    const distribution: Distribution = { tau, cut: truncation.cut };
    const winner = race(logits, distribution, this.noise, row, this.positions[row]!);
    const token = forced >= 0 ? forced : winner.token;
    return {
      row,
      token,
      entropyNats,
      thresholdNats: threshold,
      queueLength: window.length,
      hot: hot ? 1 : 0,
      tau,
      logpTau: tau === 0 ? 0 : logProbability(logits, distribution, token),
      logp1: logProbability(logits, UNTEMPERED, token),
      margins: {
        race: winner.margin,
        gateNats: window.length === 0 ? Number.POSITIVE_INFINITY : Math.abs(entropyNats - threshold),
        cut: truncation.margin,
      },
    };
  }

  /** Equation 3 and its kin: the temperature of a token of entropy H, and whether it counts as hot. */
  private temperature(row: number, H: number, threshold: number, window: Float64Array): { tau: number; hot: boolean } {
    const { temperature: rule, queue, tie } = this.config;
    const [hotTau, coldTau] = rowTemperatures(this.config, this.shiftOfRow[row]!);
    const hot = tie === 'strict' ? H > threshold : H >= threshold;
    // The record keeps float32, so the token is drawn at the very number that the trainer will score it at.
    const at = (tau: number, isHot = hot) => ({ tau: Math.fround(tau), hot: isHot });

    if (rule.rule === 'fixed') return at(hotTau);
    if (rule.rule === 'edt')
      return at(H === 0 ? rule.least : Math.max(rule.least, hotTau * rule.n0 ** (rule.theta / H)));

    if (window.length < Math.max(1, queue.warmup.entropies)) {
      if (queue.warmup.use === 'hot') return at(hotTau, true);
      return at(queue.warmup.use === 'cold' ? coldTau : 1, false);
    }
    if (rule.rule === 'binary') return at(hot ? hotTau : coldTau);
    return at(coldTau + (hotTau - coldTau) * midrank(H, window, queue.order));
  }
}

function requireDistribution(logits: Logits, row: number): void {
  const largest = largestLogit(logits);
  if (!Number.isFinite(largest))
    throw new RangeError(`The largest logit of row ${row} is ${largest}, so there is no distribution to draw from.`);
}
