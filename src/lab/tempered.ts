/**
 * softmax(z / tau) from log-probs at tau 1: they differ from z by a constant, which the softmax forgets.
 * tau = 0 puts everything on the largest, ties to the smallest index.
 * @param logp1 log softmax(z), nats
 */
export function temperedProbabilities(logp1: Float32Array, tau: number): Float64Array {
  const largest = logp1.reduce((most, l) => Math.max(most, l), Number.NEGATIVE_INFINITY);
  if (tau === 0) {
    const winner = logp1.indexOf(largest);
    return Float64Array.from(logp1, (_, id) => (id === winner ? 1 : 0));
  }
  const weights = Float64Array.from(logp1, (l) => Math.exp((l - largest) / tau));
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}
