// A row of logits as a distribution over tokens: softmax(z / tau) over the kept tokens.

/** A row of logits; -Infinity marks an impossible token. */
export type Logits = Float32Array | Float64Array;

/** softmax(z / tau) over the tokens whose logit reaches the cut, renormalised. */
export interface Distribution {
  /** 0: all on the largest logit (the smallest index among equals). */
  readonly tau: number;
  /** Tokens with a smaller logit are not drawn; -Infinity keeps all. */
  readonly cut: number;
}

/** softmax(z) over all tokens. */
export const UNTEMPERED: Distribution = { tau: 1, cut: Number.NEGATIVE_INFINITY };

/** max z; NaN if any logit is. */
export function largestLogit(logits: Logits): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const z of logits) largest = Math.max(largest, z);
  return largest;
}

/** softmax(z / tau) over the kept tokens. Needs tau > 0. */
export function probabilities(logits: Logits, { tau, cut }: Distribution): Float64Array {
  const largest = largestLogit(logits);
  const weights = Float64Array.from(logits, (z) => (z < cut ? 0 : Math.exp((z - largest) / tau)));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

/** H = -sum p ln p of softmax(z), in nats, at tau = 1. */
export function softmaxEntropyNats(logits: Logits): number {
  const largest = largestLogit(logits);
  let total = 0;
  let weighted = 0;
  for (const z of logits) {
    const weight = Math.exp(z - largest);
    total += weight;
    // A token of probability 0 adds nothing: p ln p -> 0.
    if (weight !== 0) weighted += weight * (z - largest);
  }
  return Math.max(0, Math.log(total) - weighted / total);
}

/** log of softmax(z / tau)[token], renormalised over the kept tokens; -Infinity for a token that was cut. */
export function logProbability(logits: Logits, { tau, cut }: Distribution, token: number): number {
  const chosen = logits[token];
  if (chosen === undefined) throw new RangeError(`The token id ${token} is not in the vocabulary of ${logits.length}.`);
  if (chosen < cut) return Number.NEGATIVE_INFINITY;
  const largest = largestLogit(logits);
  let total = 0;
  for (const z of logits) if (z >= cut) total += Math.exp((z - largest) / tau);
  return (chosen - largest) / tau - Math.log(total);
}
