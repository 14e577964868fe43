// The objective with one token's numbers filled in, line by line. What a variant does that no line says is said by the
// trainer's own coefficient at the end.

import { CLIP_SIDE } from '../../grpo/loss.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { GroupScore } from './groupScore.ts';

export interface FormulaLine {
  /** What is computed: A, r, f ... */
  readonly name: string;
  /** The formula in symbols. */
  readonly symbols: string;
  /** The same with numbers, and the result. */
  readonly numbers: string;
  /** One sentence, or null. */
  readonly note: string | null;
}

/** Significant digits enough to follow the sum by hand. */
export function figure(x: number): string {
  if (x === 0) return '0';
  const size = Math.abs(x);
  const text = size >= 1e-3 && size < 1e5 ? String(Number(x.toPrecision(4))) : x.toExponential(2);
  return text.replaceAll('-', '−');
}

const SIDES: Readonly<Record<number, string | null>> = {
  [CLIP_SIDE.none]: null,
  [CLIP_SIDE.low]: 'clipped below: no gradient',
  [CLIP_SIDE.high]: 'clipped above',
  [CLIP_SIDE.dual]: 'held by the dual clip: no gradient',
  [CLIP_SIDE.covariance]: 'drawn by Clip-Cov: no gradient',
};

/** f(r, A) of the token, its slope with respect to log r, and how both are written. */
function surrogate({ loss }: RunConfig, r: number, A: number, side: number): FormulaLine & { readonly slope: number } {
  const [low, high] = [figure(1 - loss.clipLow), figure(1 + loss.clipHigh)];
  const note = SIDES[side] ?? null;
  if (loss.surrogate === 'weighted') {
    const frozen = Math.min(r, 1 + loss.clipHigh);
    return {
      name: 'f',
      symbols: '−sg(min(r, 1 + ε_high)) · A · logp_new',
      numbers: `slope −${figure(frozen)} · ${figure(A)} = ${figure(-frozen * A)}`,
      note,
      slope: -frozen * A,
    };
  }
  const isFree = side === CLIP_SIDE.none;
  const slope = isFree ? -r * A : 0;
  if (loss.surrogate === 'plain')
    return { name: 'f', symbols: '−r · A', numbers: `−${figure(r)} · ${figure(A)} = ${figure(slope)}`, note, slope };
  const clipped = Math.min(Math.max(r, 1 - loss.clipLow), 1 + loss.clipHigh);
  return {
    name: 'f',
    symbols: '−min(r A, clip(r, 1 − ε_low, 1 + ε_high) A)',
    numbers: `−min(${figure(r * A)}, clip(${figure(r)}, ${low}, ${high}) · ${figure(A)}) = ${figure(-Math.min(r * A, clipped * A))}`,
    note,
    slope,
  };
}

/** What makes a sum over tokens the configured average, for one token of row `row`. */
function averageWeight({ loss, maxNewTokens }: RunConfig, lengths: readonly number[], row: number) {
  const rows = lengths.length;
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  switch (loss.average) {
    case 'response':
      return {
        symbols: '1 / (G · |o|)',
        numbers: `1 / (${rows} · ${lengths[row]})`,
        value: 1 / (rows * lengths[row]!),
      };
    case 'token':
      return { symbols: '1 / Σ|o|', numbers: `1 / ${tokens}`, value: 1 / tokens };
    case 'length':
      return {
        symbols: '1 / (G · L_max)',
        numbers: `1 / (${rows} · ${maxNewTokens})`,
        value: 1 / (rows * maxNewTokens),
      };
  }
}

/** True: the lines of f and of the average make up the whole coefficient. */
function isPlainSum({ loss }: RunConfig): boolean {
  return (
    loss.entropyShare === 1 &&
    loss.covariance === null &&
    loss.knowledge === null &&
    loss.klWeight === 0 &&
    (loss.ratio === 'token' || loss.surrogate === 'weighted')
  );
}

function filledNumbers(coefficient: number | null, factors: readonly { readonly numbers: string }[] | null): string {
  if (coefficient === null) return 'the record keeps its share only';
  if (factors === null) return figure(coefficient);
  return `${factors.map(({ numbers }) => numbers).join(' · ')} = ${figure(coefficient)}`;
}

/** How the loss reads this token. */
export function formulaOf(config: RunConfig, score: GroupScore, row: number, index: number): FormulaLine[] {
  const { reward, scored, ids } = score.rollouts[row]!;
  const { loss, lossTemperature } = config;
  const [A, r, tau, logpOld] = [
    scored.advantage,
    scored.ratio[index]!,
    scored.scoredTau[index]!,
    scored.logpOld[index]!,
  ];
  const { rewardMean: mean, rewardStd: std } = score;
  const isStd = loss.advantageScale === 'std';
  const isWhole = loss.ratio === 'response';
  const f = surrogate(config, r, A, scored.clipSide[index]!);
  const coefficient = score.coefficients?.[row]?.[index] ?? null;
  const lengths = score.rollouts.map((rollout) => rollout.ids.length);
  const average = averageWeight(config, lengths, row);
  const weight = score.weights?.[row]?.[index] ?? 1;
  const factors = [
    average,
    ...(score.weights === null ? [] : [{ symbols: 'w', numbers: figure(weight), value: weight }]),
    { symbols: 'df/dlogp', numbers: figure(f.slope), value: f.slope },
    ...(lossTemperature.compensate ? [{ symbols: 'τ', numbers: figure(tau), value: tau }] : []),
  ];
  return [
    {
      name: 'A',
      symbols: isStd ? '(R − mean R) / (std R + 1e−4)' : 'R − mean R',
      numbers: isStd
        ? `(${figure(reward)} − ${figure(mean)}) / (${figure(std)} + 0.0001) = ${figure(A)}`
        : `${figure(reward)} − ${figure(mean)} = ${figure(A)}`,
      note: score.rewardStd === 0 ? 'every reward of the group is the same: no signal' : null,
    },
    {
      name: 'r',
      symbols: isWhole ? 'exp(mean over the rollout of (logp_new − logp_old))' : 'exp(logp_new − logp_old)',
      numbers: isWhole
        ? `= ${figure(r)} for all ${ids.length} tokens`
        : `exp(${figure(logpOld + Math.log(r))} − ${figure(logpOld)}) = ${figure(r)}`,
      note: `both log-probs at τ ${figure(tau)}${score.updates === 0 ? '; before the first update r is 1' : ''}`,
    },
    f,
    {
      name: 'dL/dlogp',
      symbols:
        isPlainSum(config) && coefficient !== null
          ? factors.map(({ symbols }) => symbols).join(' · ')
          : "the trainer's own sum",
      numbers: filledNumbers(coefficient, isPlainSum(config) ? factors : null),
      note: `${figure(100 * scored.gradientShare[index]!)} % of all |dL/dlogp| of the group`,
    },
  ];
}

/** What the lines of f and of the average come to; equals the trainer's coefficient where they say everything. */
export function filledIn(config: RunConfig, score: GroupScore, row: number, index: number): number | null {
  if (!isPlainSum(config)) return null;
  const { scored } = score.rollouts[row]!;
  const { slope } = surrogate(config, scored.ratio[index]!, scored.advantage, scored.clipSide[index]!);
  const lengths = score.rollouts.map(({ ids }) => ids.length);
  const tau = config.lossTemperature.compensate ? scored.scoredTau[index]! : 1;
  return averageWeight(config, lengths, row).value * (score.weights?.[row]?.[index] ?? 1) * slope * tau;
}
