// Which tokens an objective treats apart: the batch's most uncertain, each response's knowledge, and those whose
// log-prob and advantage vary together. Selections carry no gradient.

import { type NoiseKey, philox4x32, seedWords } from '../temperature/philox.ts';
import { FRACTION_STEPS } from '../temperature/schema.ts';

/** Separates this use of the noise from the sampler's, whose second counter word is a position. */
const SELECTION_WORD = 0x636c6970;

/** Packed rows as the loss sees them: `tokens` are the indices of generated tokens, row by row. */
export interface TrainedTokens {
  /** Indices into the packed arrays, ascending. */
  readonly tokens: Int32Array;
  /** Row r owns tokens[start[r] .. start[r + 1]); rows without generated tokens are left out. */
  readonly start: Int32Array;
}

/** The generated tokens of a packed batch. */
export function trainedTokens(rowStart: Int32Array, mask: Uint8Array): TrainedTokens {
  const tokens: number[] = [];
  const start: number[] = [0];
  for (let row = 0; row + 1 < rowStart.length; row++) {
    for (let i = rowStart[row]!; i < rowStart[row + 1]!; i++) if (mask[i] === 1) tokens.push(i);
    if (tokens.length > start.at(-1)!) start.push(tokens.length);
  }
  return { tokens: Int32Array.from(tokens), start: Int32Array.from(start) };
}

/** Linearly interpolated; the fraction is kept to 4 decimals so that the rank is exact, as the sampler does it. */
function quantile(values: Float64Array, fraction: number): number {
  const sorted = values.toSorted();
  const rank = Math.round(fraction * FRACTION_STEPS) * (sorted.length - 1);
  const below = Math.floor(rank / FRACTION_STEPS);
  const rest = (rank % FRACTION_STEPS) / FRACTION_STEPS;
  return rest === 0 ? sorted[below]! : sorted[below]! + (sorted[below + 1]! - sorted[below]!) * rest;
}

/** 1 where the entropy is at or above the (1 - share)-quantile of the batch; aligned with `tokens`. */
export function mostUncertain(tokens: Int32Array, entropyNats: ArrayLike<number>, share: number): Uint8Array {
  const entropy = Float64Array.from(tokens, (i) => entropyNats[i]!);
  const threshold = quantile(entropy, 1 - share);
  return Uint8Array.from(entropy, (h) => (h >= threshold ? 1 : 0));
}

/** 1 where the entropy is not above the coldFraction-quantile of its own response; aligned with `tokens`. */
export function knowledgeTokens(
  { tokens, start }: TrainedTokens,
  entropyNats: ArrayLike<number>,
  coldFraction: number,
): Uint8Array {
  const out = new Uint8Array(tokens.length);
  for (let r = 0; r + 1 < start.length; r++) {
    const entropy = Float64Array.from(tokens.subarray(start[r]!, start[r + 1]!), (i) => entropyNats[i]!);
    const threshold = quantile(entropy, coldFraction);
    entropy.forEach((h, t) => {
      out[start[r]! + t] = h > threshold ? 0 : 1;
    });
  }
  return out;
}

/** (A - mean A) (logp - mean logp) of each token, means over the batch (2505.22617); aligned with `tokens`. */
export function covariances(tokens: Int32Array, advantage: ArrayLike<number>, logp: ArrayLike<number>): Float64Array {
  let sumAdvantage = 0;
  let sumLogp = 0;
  for (const i of tokens) {
    sumAdvantage += advantage[i]!;
    sumLogp += logp[i]!;
  }
  const n = tokens.length;
  return Float64Array.from(tokens, (i) => (advantage[i]! - sumAdvantage / n) * (logp[i]! - sumLogp / n));
}

const countOf = (share: number, of: number) => Math.max(1, Math.floor(share * of));

/** 1 at the share of tokens (at least one) with the largest covariance; of equals the earlier. */
export function largestCovariances(covariance: Float64Array, share: number): Uint8Array {
  const order = Array.from(covariance.keys()).sort((a, b) => covariance[b]! - covariance[a]! || a - b);
  const out = new Uint8Array(covariance.length);
  for (const i of order.slice(0, countOf(share, covariance.length))) out[i] = 1;
  return out;
}

/**
 * 1 at tokens drawn uniformly, without replacement, from those `eligible` whose covariance lies in (low, high): a share
 * of all tokens, at least one if there is one.
 */
export function drawnCovariances(
  covariance: Float64Array,
  eligible: (token: number) => boolean,
  settings: { readonly share: number; readonly low: number; readonly high: number },
  noise: NoiseKey,
): Uint8Array {
  const [key0, key1] = seedWords(noise.seed);
  const words = new Uint32Array(4);
  const ticket = (token: number) => {
    philox4x32(words, token, SELECTION_WORD, 0, noise.stream, key0, key1);
    return words[0]! * 2 ** 21 + (words[1]! >>> 11);
  };
  const candidates = Array.from(covariance.keys())
    .filter((t) => covariance[t]! > settings.low && covariance[t]! < settings.high && eligible(t))
    .map((token) => ({ token, ticket: ticket(token) }))
    .sort((a, b) => a.ticket - b.ticket || a.token - b.token);
  const out = new Uint8Array(covariance.length);
  for (const { token } of candidates.slice(0, countOf(settings.share, covariance.length))) out[token] = 1;
  return out;
}
