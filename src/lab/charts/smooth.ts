// Smoothing for the eye. An exponential moving average that starts at 0 is pulled towards 0 for its first steps; dividing
// by the weight that it has seen so far (Adam's bias correction, arXiv 1412.6980 section 3) makes the first value exact.

/**
 * s_t = (1 - w) sum_i w^(t-i) y_i / (1 - w^t), over the values there are.
 * @param values NaN: missing; it stays missing and has no weight
 * @param weight w in [0, 1): 0 changes nothing
 */
export function debiasedMean(values: Float64Array, weight: number): Float64Array {
  const smooth = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  let seen = 0;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    sum = weight * sum + (1 - weight) * value;
    seen = weight * seen + (1 - weight);
    smooth[i] = sum / seen;
  }
  return smooth;
}
