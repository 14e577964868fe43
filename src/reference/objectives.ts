// The objectives as their papers print them, in float64 and as scalars only: what the trainer's coefficients are checked
// against, by finite differences. Each returns a loss, the negative of the paper's objective.

/** One completion o_i; arrays have one entry a token. Log-probs in nats. */
export interface Response {
  readonly logpNew: readonly number[];
  readonly logpOld: readonly number[];
  readonly logpReference: readonly number[];
  readonly entropyNats: readonly number[];
  /** A_i */
  readonly advantage: number;
}

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

const ratios = (o: Response) => o.logpNew.map((logp, t) => Math.exp(logp - o.logpOld[t]!));

/** k3 (Schulman), GRPO equation 4. */
const k3s = (o: Response) =>
  o.logpNew.map((logp, t) => Math.exp(o.logpReference[t]! - logp) - (o.logpReference[t]! - logp) - 1);

/** min(r A, clip(r, 1 - low, 1 + high) A) */
const surrogate = (r: number, advantage: number, low: number, high: number) =>
  Math.min(r * advantage, clip(r, 1 - low, 1 + high) * advantage);

/** Dual clip (1912.09729): max(surrogate, c A) where A < 0. */
const dualSurrogate = (r: number, advantage: number, low: number, high: number, c: number) =>
  advantage < 0 ? Math.max(surrogate(r, advantage, low, high), c * advantage) : surrogate(r, advantage, low, high);

/** GRPO, 2402.03300 equation 3. */
export function grpo(batch: readonly Response[], epsilon: number, beta: number): number {
  return -mean(
    batch.map((o) => {
      const k3 = k3s(o);
      return mean(ratios(o).map((r, t) => surrogate(r, o.advantage, epsilon, epsilon) - beta * k3[t]!));
    }),
  );
}

/** DAPO, 2503.14476 equation 8, with the dual clip of its authors' recipe where c is finite. */
export function dapo(batch: readonly Response[], low: number, high: number, c = Number.POSITIVE_INFINITY): number {
  const tokens = batch.flatMap((o) => ratios(o).map((r) => dualSurrogate(r, o.advantage, low, high, c)));
  return -sum(tokens) / sum(batch.map((o) => o.logpNew.length));
}

/** Dr. GRPO, 2503.20783: no 1 / |o|; divided by the constant Lmax. */
export function drGrpo(batch: readonly Response[], epsilon: number, maxLength: number): number {
  return -mean(batch.map((o) => sum(ratios(o).map((r) => surrogate(r, o.advantage, epsilon, epsilon))) / maxLength));
}

/** GSPO, 2507.18071: s_i = (pi(o) / pi_old(o))^(1 / |o|). */
export function gspo(batch: readonly Response[], low: number, high: number): number {
  return -mean(
    batch.map((o) => {
      const s = Math.exp((sum([...o.logpNew]) - sum([...o.logpOld])) / o.logpNew.length);
      return surrogate(s, o.advantage, low, high);
    }),
  );
}

/**
 * CISPO, 2506.13585, without a lower clip.
 * @param frozen the batch whose ratios stand behind the stop-gradient
 */
export function cispo(batch: readonly Response[], frozen: readonly Response[], high: number): number {
  const tokens = batch.flatMap((o, i) =>
    ratios(frozen[i]!).map((r, t) => Math.min(r, 1 + high) * o.advantage * o.logpNew[t]!),
  );
  return -sum(tokens) / sum(batch.map((o) => o.logpNew.length));
}

/** The value that a share of the numbers lies below, linearly interpolated. */
function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Number((fraction * (sorted.length - 1)).toPrecision(12));
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}

/** 80/20, 2506.01939: DAPO over tokens with H >= the batch's top-rho threshold. */
export function highEntropy(batch: readonly Response[], low: number, high: number, rho: number): number {
  const threshold = quantile(
    batch.flatMap((o) => o.entropyNats),
    1 - rho,
  );
  const tokens = batch.flatMap((o) =>
    ratios(o)
      .map((r) => surrogate(r, o.advantage, low, high))
      .filter((_, t) => o.entropyNats[t]! >= threshold),
  );
  return -mean(tokens);
}

export interface TokenClass {
  readonly epsilon: number;
  readonly beta: number;
}

/** Archer, 2507.15778: clip and KL by class; KL averaged in each class, or over all tokens. */
export function archer(
  batch: readonly Response[],
  reasoning: TokenClass,
  knowledge: TokenClass,
  c: number,
  klAverage: 'class' | 'tokens',
): number {
  const tokens = batch.flatMap((o) => {
    const threshold = quantile(o.entropyNats, 0.8);
    const k3 = k3s(o);
    return ratios(o).map((r, t) => {
      const tokenClass = o.entropyNats[t]! > threshold ? reasoning : knowledge;
      const { epsilon } = tokenClass;
      return { tokenClass, gain: dualSurrogate(r, o.advantage, epsilon, epsilon, c), k3: k3[t]! };
    });
  });
  const penalty =
    klAverage === 'tokens'
      ? mean(tokens.map(({ tokenClass, k3 }) => tokenClass.beta * k3))
      : sum(
          [reasoning, knowledge].map((one) => {
            const members = tokens.filter(({ tokenClass }) => tokenClass === one).map(({ k3 }) => k3);
            return members.length === 0 ? 0 : one.beta * mean(members);
          }),
        );
  return -mean(tokens.map(({ gain }) => gain)) + penalty;
}

/** Cov of 2505.22617, one list over the whole batch. */
export function covariance(batch: readonly Response[]): number[] {
  const logp = batch.flatMap((o) => o.logpNew);
  const advantage = batch.flatMap((o) => o.logpNew.map(() => o.advantage));
  return logp.map((x, t) => (x - mean(logp)) * (advantage[t]! - mean(advantage)));
}

/** Clip-Cov, 2505.22617, on its authors' clipped loss: the tokens in `dropped` count 0. */
export function clipCov(batch: readonly Response[], epsilon: number, dropped: ReadonlySet<number>): number {
  const gains = batch.flatMap((o) => ratios(o).map((r) => surrogate(r, o.advantage, epsilon, epsilon)));
  return -mean(gains.map((gain, t) => (dropped.has(t) ? 0 : gain)));
}

/**
 * KL-Cov, 2505.22617, with |log r| for the divergence as its authors compute it.
 * @param frozen the batch whose covariances choose the tokens
 */
export function klCov(batch: readonly Response[], frozen: readonly Response[], share: number, beta: number): number {
  const all = covariance(frozen);
  const least = all.toSorted((a, b) => b - a)[Math.max(1, Math.floor(share * all.length)) - 1]!;
  const tokens = batch.flatMap((o) =>
    ratios(o).map((r) => ({ gain: r * o.advantage, distance: Math.abs(Math.log(r)) })),
  );
  return -mean(tokens.map(({ gain, distance }, t) => (all[t]! >= least ? gain - beta * distance : gain)));
}

/** DAPO's token mean under truncated importance sampling: each token's gain times a constant weight. */
export function weighted(
  batch: readonly Response[],
  weights: readonly (readonly number[])[],
  low: number,
  high: number,
): number {
  return -mean(
    batch.flatMap((o, i) => ratios(o).map((r, t) => weights[i]![t]! * surrogate(r, o.advantage, low, high))),
  );
}
