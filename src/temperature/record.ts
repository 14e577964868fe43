/** What the sampler records of every token it draws; all arrays have one entry a token, in order. */
export interface TokenRecords {
  readonly ids: Int32Array;
  /** H of the raw distribution (tau = 1), nats. */
  readonly entropyNats: Float32Array;
  /** H_th at that moment, nats; NaN when the queue was empty. */
  readonly thresholdNats: Float32Array;
  /** Entropies in the window that the threshold was taken from. */
  readonly queueLength: Int32Array;
  /** 1 hot, 0 cold. In warm-up: the fallback's class (tau = 1 counts as cold). */
  readonly hot: Uint8Array;
  /** Temperature it was drawn at. */
  readonly tau: Float32Array;
  /** Log-prob of the token under the distribution it was drawn from (tempered, truncated), nats. */
  readonly logpTau: Float32Array;
  /** Log-prob of the token under softmax(z), nats. */
  readonly logp1: Float32Array;
}
