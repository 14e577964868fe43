/** H = -sum p ln p of a distribution, nats. */
export function entropyOf(p: Float64Array): number {
  return Math.max(
    0,
    p.reduce((sum, q) => (q > 0 ? sum - q * Math.log(q) : sum), 0),
  );
}
