// The objective and its gradient with respect to log-probs, computed once for every variant:
//
//   loss = sum_t a_t w_t f(r_t, A_t) + sum_t b_t beta_t k3_t          t over generated tokens
//   r_t  = exp(new - old), or exp(mean over the response) for GSPO
//   f    = -min(r A, clip(r, 1 - e_low, 1 + e_high) A), at most c |A| where A < 0 (dual clip)
//        | -stopgrad(min(r, 1 + e_high)) A new | -r A
//   k3   = e^(ref - new) - (ref - new) - 1
//
// a and b average (per response, per token, or over a fixed length), w are weights of importance sampling. The engine
// turns dLoss / dnew_t into the gradient of the parameters. All in float64.

import type { NoiseKey } from '../temperature/philox.ts';
import type { LossConfig } from './lossConfig.ts';
import * as selection from './tokenSelection.ts';

/** Packed per-token arrays, aligned with TokenBatch.ids. Log-probs in nats, at the temperature that is scored. */
export interface LossBatch {
  readonly rowStart: Int32Array;
  /** 1: a generated token, part of the loss; 0: prompt. */
  readonly mask: Uint8Array;
  readonly logpNew: ArrayLike<number>;
  readonly logpOld: ArrayLike<number>;
  /** Needed where needsReference(config) says so; otherwise only for the metric. */
  readonly logpReference?: ArrayLike<number>;
  readonly advantage: ArrayLike<number>;
  /** Of the current policy at tau = 1. */
  readonly entropyNats: ArrayLike<number>;
  /** Constant weights of importance sampling; default 1. */
  readonly weight?: ArrayLike<number>;
  /** Lmax, tokens: the largest length of a completion. */
  readonly maxLength: number;
  /** Draws Clip-Cov's tokens. */
  readonly noise: NoiseKey;
}

/** What held a token back: its ratio was clipped below or above, or by the dual clip, or Clip-Cov drew it. */
export const CLIP_SIDE = { none: 0, low: 1, high: 2, dual: 3, covariance: 4 } as const;

export interface LossReport {
  readonly loss: number;
  /** dLoss / dlogpNew; 0 outside the mask. */
  readonly coefficients: Float64Array;
  /** r_t; 1 outside the mask. */
  readonly ratio: Float64Array;
  /** CLIP_SIDE of each token. */
  readonly clipSide: Uint8Array;
  /** TRL's names. Shares of tokens (of responses, where the ratio is per response); kl is null without a reference. */
  readonly metrics: {
    readonly 'clip_ratio/low_mean': number;
    readonly 'clip_ratio/high_mean': number;
    readonly 'clip_ratio/region_mean': number;
    readonly kl: number | null;
  };
}

interface Term {
  readonly value: number;
  /** d value / d log r, or d value / d new. */
  readonly slope: number;
  readonly side: number;
}

interface Clip {
  readonly clipLow: number;
  readonly clipHigh: number;
}

/** f and its slope with respect to log r. */
function clippedTerm(r: number, advantage: number, { clipLow, clipHigh }: Clip, dualClip: number | null): Term {
  if (advantage > 0 && r > 1 + clipHigh) return { value: -(1 + clipHigh) * advantage, slope: 0, side: CLIP_SIDE.high };
  if (advantage < 0 && r < 1 - clipLow) return { value: -(1 - clipLow) * advantage, slope: 0, side: CLIP_SIDE.low };
  if (advantage < 0 && dualClip !== null && r > dualClip)
    return { value: -dualClip * advantage, slope: 0, side: CLIP_SIDE.dual };
  return { value: -r * advantage, slope: -r * advantage, side: CLIP_SIDE.none };
}

function policyTerm(config: LossConfig, clip: Clip, r: number, advantage: number, logpNew: number): Term {
  switch (config.surrogate) {
    case 'clipped':
      return clippedTerm(r, advantage, clip, config.dualClip);
    case 'weighted': {
      const frozen = Math.min(r, 1 + clip.clipHigh);
      const side = r > 1 + clip.clipHigh && advantage > 0 ? CLIP_SIDE.high : CLIP_SIDE.none;
      return { value: -frozen * advantage * logpNew, slope: -frozen * advantage, side };
    }
    case 'plain':
      return { value: -r * advantage, slope: -r * advantage, side: CLIP_SIDE.none };
  }
}

/** log r of each generated token, aligned with `tokens`. */
function logRatios(config: LossConfig, batch: LossBatch, { tokens, start }: selection.TrainedTokens): Float64Array {
  const out = Float64Array.from(tokens, (i) => batch.logpNew[i]! - batch.logpOld[i]!);
  if (config.ratio === 'token') return out;
  for (let r = 0; r + 1 < start.length; r++) {
    const row = out.subarray(start[r]!, start[r + 1]!);
    row.fill(row.reduce((sum, x) => sum + x, 0) / row.length);
  }
  return out;
}

/** a_t for the tokens chosen (1 in `chosen`), aligned with `tokens`: what makes a sum the configured average. */
function averageWeights(
  average: LossConfig['average'],
  start: Int32Array,
  chosen: Uint8Array,
  maxLength: number,
): Float64Array {
  const rows = start.length - 1;
  const count = (from: number, to: number) => chosen.subarray(from, to).reduce((sum, x) => sum + x, 0);
  const total = count(0, chosen.length);
  const out = new Float64Array(chosen.length);
  for (let r = 0; r < rows; r++) {
    const inRow = count(start[r]!, start[r + 1]!);
    const divisor = { response: rows * inRow, token: total, length: rows * maxLength }[average];
    for (let t = start[r]!; t < start[r + 1]!; t++) out[t] = chosen[t] === 1 ? 1 / divisor : 0;
  }
  return out;
}

/** b_t beta_t, aligned with `tokens`. */
function klWeights(config: LossConfig, start: Int32Array, knowledge: Uint8Array, maxLength: number): Float64Array {
  const everyToken = new Uint8Array(knowledge.length).fill(1);
  const shared = averageWeights(config.average, start, everyToken, maxLength);
  const known = knowledge.reduce((sum, x) => sum + x, 0);
  return shared.map((weight, t) => {
    const isKnown = knowledge[t] === 1;
    const beta = isKnown && config.knowledge !== null ? config.knowledge.klWeight : config.klWeight;
    const inClass = 1 / (isKnown ? known : knowledge.length - known);
    return beta * (config.klAverage === 'class' ? inClass : weight);
  });
}

/**
 * Loss, gradient coefficients and metrics of one update on a batch.
 * @throws RangeError for a batch without generated tokens, or without the reference that the objective needs
 */
export function policyLoss(config: LossConfig, batch: LossBatch): LossReport {
  const trained = selection.trainedTokens(batch.rowStart, batch.mask);
  const { tokens, start } = trained;
  const n = tokens.length;
  if (n === 0) throw new RangeError('A loss needs at least one generated token, but the batch has none.');
  const knowledge =
    config.knowledge === null
      ? new Uint8Array(n)
      : selection.knowledgeTokens(trained, batch.entropyNats, config.knowledge.coldFraction);
  const chosen =
    config.entropyShare === 1
      ? new Uint8Array(n).fill(1)
      : selection.mostUncertain(tokens, batch.entropyNats, config.entropyShare);
  const logRatio = logRatios(config, batch, trained);
  const terms = Array.from(tokens, (i, t) => {
    const clip = knowledge[t] === 1 && config.knowledge !== null ? config.knowledge : config;
    return policyTerm(config, clip, Math.exp(logRatio[t]!), batch.advantage[i]!, batch.logpNew[i]!);
  });
  const byCovariance = covarianceTokens(config, batch, tokens, terms);

  const coefficients = new Float64Array(batch.mask.length);
  const ratio = new Float64Array(batch.mask.length).fill(1);
  const clipSide = new Uint8Array(batch.mask.length);
  const weights = averageWeights(config.average, start, chosen, batch.maxLength);
  let loss = 0;
  for (let r = 0; r + 1 < start.length; r++) {
    let rowSlope = 0;
    for (let t = start[r]!; t < start[r + 1]!; t++) {
      const i = tokens[t]!;
      const term = withCovariance(config, terms[t]!, logRatio[t]!, byCovariance[t] === 1);
      const weight = weights[t]! * (batch.weight?.[i] ?? 1);
      loss += weight * term.value;
      rowSlope += weight * term.slope;
      coefficients[i] = weight * term.slope;
      ratio[i] = Math.exp(logRatio[t]!);
      clipSide[i] = term.side;
    }
    // d log r / d new is 1 / length for each token of a response that shares one ratio.
    if (config.ratio === 'response' && config.surrogate !== 'weighted')
      for (let t = start[r]!; t < start[r + 1]!; t++) coefficients[tokens[t]!] = rowSlope / (start[r + 1]! - start[r]!);
  }
  const kl = addKl(config, batch, trained, knowledge, coefficients);
  const clipped = clipShares(config, trained, clipSide);
  return { loss: loss + kl.loss, coefficients, ratio, clipSide, metrics: { ...clipped, kl: kl.metric } };
}

/** 1 where Clip-Cov drops or KL-Cov charges a token. */
function covarianceTokens(
  config: LossConfig,
  batch: LossBatch,
  tokens: Int32Array,
  terms: readonly Term[],
): Uint8Array {
  if (config.covariance === null) return new Uint8Array(tokens.length);
  const covariance = selection.covariances(tokens, batch.advantage, batch.logpNew);
  if (config.covariance.kind === 'kl') return selection.largestCovariances(covariance, config.covariance.share);
  const isFree = (t: number) => terms[t]!.side === CLIP_SIDE.none;
  return selection.drawnCovariances(covariance, isFree, config.covariance, batch.noise);
}

function withCovariance(config: LossConfig, term: Term, logRatio: number, isSelected: boolean): Term {
  if (config.covariance === null || !isSelected) return term;
  if (config.covariance.kind === 'clip') return { value: 0, slope: 0, side: CLIP_SIDE.covariance };
  const { weight } = config.covariance;
  return {
    value: term.value + weight * Math.abs(logRatio),
    slope: term.slope + weight * Math.sign(logRatio),
    side: term.side,
  };
}

/** Adds the gradient of the KL term; its loss, and the mean k3 over tokens. */
function addKl(
  config: LossConfig,
  batch: LossBatch,
  { tokens, start }: selection.TrainedTokens,
  knowledge: Uint8Array,
  coefficients: Float64Array,
): { readonly loss: number; readonly metric: number | null } {
  const weights = klWeights(config, start, knowledge, batch.maxLength);
  const reference = batch.logpReference;
  if (reference === undefined) {
    if (weights.some((weight) => weight > 0))
      throw new RangeError('This objective has a KL term and needs the log-probs of a reference policy.');
    return { loss: 0, metric: null };
  }
  let loss = 0;
  let sum = 0;
  tokens.forEach((i, t) => {
    const difference = reference[i]! - batch.logpNew[i]!;
    const k3 = Math.expm1(difference) - difference;
    loss += weights[t]! * k3;
    sum += k3;
    coefficients[i] = coefficients[i]! - weights[t]! * Math.expm1(difference);
  });
  return { loss, metric: sum / tokens.length };
}

/** Shares held back by the clip, of tokens or of responses. */
function clipShares(config: LossConfig, { tokens, start }: selection.TrainedTokens, clipSide: Uint8Array) {
  const judged = config.ratio === 'response' ? Array.from(start.subarray(0, -1), (t) => tokens[t]!) : tokens;
  let low = 0;
  let high = 0;
  for (const i of judged) {
    if (clipSide[i] === CLIP_SIDE.low) low++;
    if (clipSide[i] === CLIP_SIDE.high) high++;
  }
  return {
    'clip_ratio/low_mean': low / judged.length,
    'clip_ratio/high_mean': high / judged.length,
    'clip_ratio/region_mean': (low + high) / judged.length,
  };
}
