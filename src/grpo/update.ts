// Stage 3: inner epochs over mini-batches of whole groups.
//
//   mini-batch --score--> log-probs now --policyLoss--> dLoss / dlogp --micro-batches--> gradient --AdamW--> weights
//
// The loss sees a mini-batch whole, for its averages and selections run over all of it; the engine sees it in parts.
// Temperatures, old log-probs, advantages and the reference's log-probs stay as they were scored.

import type { AdamWOptions, PolicyEngine } from '../policy/engine.ts';
import { CLIP_SIDE, type LossReport, policyLoss } from './loss.ts';
import { compensated } from './lossTemperature.ts';
import { meanOrNull } from './metrics.ts';
import {
  forEachMicroBatch,
  type MiniBatch,
  miniBatches,
  type PackedStep,
  packStep,
  scoreBatch,
  selectRows,
  turn,
  unpackTokens,
} from './packedStep.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import type { RunConfig } from './runConfig.ts';
import type { StageOptions } from './stages.ts';
import type { Metrics, Scored } from './stepUnderWay.ts';

export interface UpdateRequest {
  readonly engine: PolicyEngine;
  readonly config: RunConfig;
  readonly step: number;
  readonly scored: Scored;
}

export interface Updated {
  /** With ratio, clip side and gradient share of the last pass. */
  readonly rollouts: readonly RolloutRecord[];
  readonly metrics: Metrics;
}

/** The learning rate of a step, the first being 0: in a line up to its value over the warm-up. */
export function learningRateAt({ learningRate, warmupSteps }: RunConfig['optimizer'], step: number): number {
  return learningRate * Math.min(1, (step + 1) / Math.max(1, warmupSteps));
}

/** What the last inner epoch found of each token of the step. */
interface LastPass {
  readonly ratio: Float64Array;
  readonly clipSide: Uint8Array;
  readonly coefficients: Float64Array;
}

/** One optimiser step's report; gradNorm null: it had no signal, and no step was taken. */
interface Pass {
  readonly report: LossReport;
  readonly gradNorm: number | null;
  readonly applied: boolean;
}

/**
 * Updates the policy by the step's rollouts. Aborted or failed, weights and moments are as before: an update of one
 * optimiser step cannot be aborted once that step is taken, and one of several begins with a copy to go back to.
 */
export async function update(request: UpdateRequest, options: StageOptions): Promise<Updated> {
  const { engine, config } = request;
  const packed = packStep(request.scored, config);
  const parts = miniBatches(packed, config.update.miniBatches);
  const steps = config.update.innerEpochs * parts.length;
  const before =
    steps > 1 ? { parameters: await engine.readParameters(), optimizer: await engine.readOptimizer() } : null;
  try {
    await engine.zeroGradient();
    return await passes(request, options, packed, parts);
  } catch (cause) {
    // Where this fails too, the engine is lost, and its first complaint says why.
    if (before !== null)
      await engine
        .loadParameters(before.parameters)
        .then(() => engine.loadOptimizer(before.optimizer))
        .catch(() => {});
    throw cause;
  }
}

async function passes(
  { engine, config, step, scored }: UpdateRequest,
  { signal, onProgress }: StageOptions,
  packed: PackedStep,
  parts: readonly MiniBatch[],
): Promise<Updated> {
  const { innerEpochs } = config.update;
  const learningRate = learningRateAt(config.optimizer, step);
  const { warmupSteps: _, ...adamw } = config.optimizer;
  const tokens = packed.batch.ids.length;
  const last: LastPass = {
    ratio: new Float64Array(tokens).fill(1),
    clipSide: new Uint8Array(tokens),
    coefficients: new Float64Array(tokens),
  };
  const done: Pass[] = [];
  const total = innerEpochs * parts.length;
  for (let epoch = 0; epoch < innerEpochs; epoch++)
    for (const part of parts) {
      const index = done.length;
      const pass = await optimiserStep(engine, config, packed, part, {
        isFirst: index === 0,
        stream: step * innerEpochs * config.update.miniBatches + index,
        adamw: { ...adamw, learningRate },
        signal,
        onProgress: (share) => onProgress?.((index + share) / total),
        keep: (report, coefficients) => {
          const at = part.tokens[0];
          last.ratio.set(report.ratio, at);
          last.clipSide.set(report.clipSide, at);
          last.coefficients.set(coefficients, at);
        },
      });
      done.push(pass);
    }
  return { rollouts: withLastPass(packed, scored, last), metrics: updateMetrics(done, learningRate) };
}

interface PassOptions {
  /** Nothing was updated since the step was scored. */
  readonly isFirst: boolean;
  readonly stream: number;
  readonly adamw: AdamWOptions;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: number) => void;
  readonly keep: (report: LossReport, coefficients: Float64Array) => void;
}

async function optimiserStep(
  engine: PolicyEngine,
  config: RunConfig,
  packed: PackedStep,
  { rows, tokens: [first, end] }: MiniBatch,
  { isFirst, stream, adamw, signal, onProgress, keep }: PassOptions,
): Promise<Pass> {
  const { microBatchTokens } = config.update;
  const everyRow = Array.from({ length: rows[1] - rows[0] }, (_, r) => rows[0] + r);
  const whole = selectRows(packed.batch, everyRow, packed.advantage).batch;
  // Before the first optimiser step the policy is the one that was scored: its log-probs and entropies are those of the
  // score stage, every ratio is exactly 1, and a second pass could only add rounding.
  const now = isFirst
    ? { logpTau: packed.logpOld.subarray(first, end), entropyNats: packed.entropyNats.subarray(first, end) }
    : await scoreBatch(engine, whole, { microBatchTokens, signal, onProgress: (done) => onProgress(done / 2) });
  const report = policyLoss(config.loss, {
    rowStart: whole.rowStart,
    mask: packed.batch.mask.subarray(first, end),
    logpNew: now.logpTau,
    entropyNats: now.entropyNats,
    logpOld: packed.logpOld.subarray(first, end),
    ...(packed.logpReference === null ? {} : { logpReference: packed.logpReference.subarray(first, end) }),
    ...(packed.weight === null ? {} : { weight: packed.weight.subarray(first, end) }),
    advantage: packed.advantage.subarray(first, end),
    maxLength: config.maxNewTokens,
    noise: { seed: config.seed, stream },
  });
  const coefficients = config.lossTemperature.compensate
    ? compensated(report.coefficients, whole.tau)
    : report.coefficients;
  keep(report, coefficients);
  // Rows of dead groups add nothing to the gradient; only the others cost a backward. (A NaN is not 0 and stays.)
  const live = [...everyRow.keys()].filter((row) =>
    coefficients.subarray(whole.rowStart[row]!, whole.rowStart[row + 1]!).some((c) => c !== 0),
  );
  // No signal at all: AdamW would still move by momentum and decay, that is by what other data once said.
  if (live.length === 0) return { report, gradNorm: null, applied: false };
  const { batch, values } = selectRows(whole, live, coefficients);
  await forEachMicroBatch(
    batch,
    { microBatchTokens, signal, onProgress: (done) => onProgress(isFirst ? done : (1 + done) / 2) },
    async (micro, from, to) => {
      await engine.accumulateGradient(micro, values.subarray(from, to));
    },
  );
  await turn(signal);
  const { gradNorm, applied } = await engine.applyGradient(adamw);
  return { report, gradNorm, applied };
}

function withLastPass({ batch, rollouts }: PackedStep, scored: Scored, last: LastPass): RolloutRecord[] {
  const total = last.coefficients.reduce((sum, c) => sum + Math.abs(c), 0);
  const lists = (values: ArrayLike<number>) => unpackTokens(batch, rollouts, values);
  const ratio = lists(last.ratio);
  // A gradient that is not finite was not applied (update/skipped), and has no shares; records hold numbers.
  const hasShares = total > 0 && Number.isFinite(total);
  const share = lists(last.coefficients.map((c) => (hasShares ? Math.abs(c) / total : 0)));
  const sides = Object.values(CLIP_SIDE);
  const clipSide = lists(last.clipSide);
  return scored.rollouts.map((rollout, row) => ({
    ...rollout,
    scored: {
      ...rollouts[row]!.scored,
      ratio: ratio[row]!,
      clipSide: clipSide[row]!.map((side) => sides.find((known) => known === side)!),
      gradientShare: share[row]!,
    },
  }));
}

function updateMetrics(done: readonly Pass[], learningRate: number): Metrics {
  const mean = (value: (report: LossReport) => number | null) =>
    meanOrNull(done.flatMap(({ report }) => value(report) ?? []));
  const clip = (name: 'clip_ratio/low_mean' | 'clip_ratio/high_mean' | 'clip_ratio/region_mean') => ({
    [name]: mean(({ metrics }) => metrics[name]),
  });
  return {
    loss: mean(({ loss }) => loss),
    kl: mean(({ metrics }) => metrics.kl),
    ...clip('clip_ratio/low_mean'),
    ...clip('clip_ratio/high_mean'),
    ...clip('clip_ratio/region_mean'),
    grad_norm: meanOrNull(done.flatMap(({ gradNorm, applied }) => (applied && gradNorm !== null ? gradNorm : []))),
    learning_rate: learningRate,
    // Optimiser steps that were not taken: the gradient was not finite; or no token had a coefficient.
    'update/skipped': done.filter(({ gradNorm, applied }) => gradNorm !== null && !applied).length,
    'update/empty': done.filter(({ gradNorm }) => gradNorm === null).length,
  };
}
