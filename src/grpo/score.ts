// Stage 2: advantages, the trainer's own log-probs before any update, and the audit of them against the sampler's.

import type { PolicyEngine } from '../policy/engine.ts';
import { groupAdvantages } from './advantage.ts';
import { CLIP_SIDE } from './loss.ts';
import { temperatureAudit } from './lossTemperature.ts';
import { byOffset, meanOrNull } from './metrics.ts';
import { packRollouts, type StepScores, scoreBatch, unpackTokens } from './packedStep.ts';
import type { RunConfig } from './runConfig.ts';
import type { StageOptions } from './stages.ts';
import { type Collected, type Metrics, plain, type Scored } from './stepUnderWay.ts';

export interface ScoreRequest {
  readonly engine: PolicyEngine;
  /** Null where the objective needs none. */
  readonly reference: PolicyEngine | null;
  readonly config: RunConfig;
  readonly collected: Collected;
}

/** Scores the collected rollouts; changes nothing but the engines' scratch. */
export async function score(
  { engine, reference, config, collected }: ScoreRequest,
  { signal, onProgress }: StageOptions,
): Promise<Omit<Scored, 'milliseconds'>> {
  const { rollouts } = collected;
  const tau = collected.ruleTau ?? rollouts.map((rollout) => rollout.tau);
  const batch = packRollouts(config.lossTemperature.mode, rollouts, tau);
  const engines = reference === null ? [engine] : [engine, reference];
  const all: StepScores[] = [];
  for (const [i, one] of engines.entries())
    all.push(
      await scoreBatch(one, batch, {
        microBatchTokens: config.update.microBatchTokens,
        signal,
        onProgress: (done) => onProgress?.((i + done) / engines.length),
      }),
    );
  const [own, other] = all;
  const { advantage } = groupAdvantages(
    rollouts.map(({ reward }) => reward),
    rollouts.map(({ group }) => group),
    config.loss.advantageScale,
  );
  const lists = (values: ArrayLike<number>) => unpackTokens(batch, rollouts, values);
  const [scoredTau, logpOld] = [lists(batch.tau), lists(own!.logpTau)];
  return {
    rollouts: rollouts.map((rollout, row) => ({
      ...rollout,
      scored: {
        advantage: advantage[row]! + 0,
        scoredTau: scoredTau[row]!,
        logpOld: logpOld[row]!,
        // Until an update has passed over them: the policy is the one that was scored.
        ratio: rollout.ids.map(() => 1),
        clipSide: rollout.ids.map(() => CLIP_SIDE.none),
        gradientShare: rollout.ids.map(() => 0),
      },
    })),
    entropyNats: lists(own!.entropyNats),
    logpReference: other === undefined ? null : lists(other.logpTau),
    metrics: { ...auditMetrics(batch, own!), ...signalMetrics(config, collected, plain(advantage)) },
  };
}

/** The audit, and how much likelier the trainer holds each token to be than the sampler did (not truncated). */
function auditMetrics(batch: ReturnType<typeof packRollouts>, { logpTau }: StepScores): Metrics {
  let [least, most, sum, count] = [Number.POSITIVE_INFINITY, 0, 0, 0];
  batch.mask.forEach((isGenerated, i) => {
    if (isGenerated !== 1) return;
    const ratio = Math.exp(logpTau[i]! - batch.samplerLogp[i]!);
    // Math.min and Math.max keep a NaN.
    least = Math.min(least, ratio);
    most = Math.max(most, ratio);
    sum += ratio;
    count += 1;
  });
  const numbers = {
    ...temperatureAudit(batch, logpTau),
    'sampling/importance_sampling_ratio/min': least,
    'sampling/importance_sampling_ratio/mean': sum / count,
    'sampling/importance_sampling_ratio/max': most,
  };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, meanOrNull([value])]));
}

/** Share of sum |A| that each place of the ladder has; null where no rollout has an advantage. */
function signalMetrics({ sampler }: RunConfig, { rollouts }: Collected, advantage: readonly number[]): Metrics {
  const total = advantage.reduce((sum, a) => sum + Math.abs(a), 0);
  return byOffset('signal/tau', sampler.ladder.offsets, (offset) => {
    const own = advantage.filter((_, row) => rollouts[row]!.ladderOffset === offset);
    return total === 0 ? null : own.reduce((sum, a) => sum + Math.abs(a), 0) / total;
  });
}
