// A group as the trainer scores it and updates by it: the trainer's own stages on an engine that is put back afterwards.
//
//   score      advantages, log-probs before any update            grpo/score.ts
//   update     n optimiser steps by the group alone               grpo/update.ts
//   next pass  ratios, clips and gradient shares of the step that would come now
//
// Before the first update every ratio is 1; after n updates the ratios say what these did to each token.

import { groupAdvantages } from '../../grpo/advantage.ts';
import { CLIP_SIDE, type LossReport, policyLoss } from '../../grpo/loss.ts';
import { needsReference } from '../../grpo/lossConfig.ts';
import { compensated } from '../../grpo/lossTemperature.ts';
import { type PackedStep, packStep, scoreBatch, unpackTokens } from '../../grpo/packedStep.ts';
import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import { score } from '../../grpo/score.ts';
import type { ScoredRollout } from '../../grpo/stepUnderWay.ts';
import { update } from '../../grpo/update.ts';
import type { PolicyEngine } from '../../policy/engine.ts';

export interface ScoreInput {
  readonly config: RunConfig;
  /** One group, whole. */
  readonly rollouts: readonly RolloutRecord[];
  /** What the rule asked for, where tokens were drawn at another temperature; else null. */
  readonly ruleTau: readonly (readonly number[])[] | null;
  /** Optimiser steps on this group before the pass that is shown. */
  readonly updates: number;
}

export interface GroupScore {
  readonly updates: number;
  /** With advantage, ratio, clip side and gradient share. */
  readonly rollouts: readonly ScoredRollout[];
  /** dLoss / dlogpNew, by row and token; compensated where the settings ask for it. null: a record does not tell. */
  readonly coefficients: readonly (readonly number[])[] | null;
  /** Importance weights of the mode 'truncated', by row and token; else null. */
  readonly weights: readonly (readonly number[])[] | null;
  readonly loss: number | null;
  readonly rewardMean: number;
  readonly rewardStd: number;
  /** Temperature audit: |trainer's log-prob - sampler's own|, nats. */
  readonly auditMean: number | null;
  readonly auditMax: number | null;
}

/** Whether the engines of a scoring need a second one with the reference policy. */
export function asksReference({ config }: ScoreInput): boolean {
  return needsReference(config.loss);
}

/**
 * Scores a group. The engine's weights and moments are others afterwards if `updates` is above 0.
 * @param reference with the reference policy, where asksReference says so
 */
export async function scoreGroup(
  engine: PolicyEngine,
  reference: PolicyEngine | null,
  { config: run, rollouts, ruleTau, updates }: ScoreInput,
  signal: AbortSignal,
): Promise<GroupScore> {
  const config = { ...run, update: { ...run.update, innerEpochs: updates, miniBatches: 1 } };
  const collected = {
    rollouts: [...rollouts],
    ruleTau: ruleTau === null ? null : ruleTau.map((list) => [...list]),
    temperatures: {},
    metrics: {},
    milliseconds: 0,
  };
  const scored = { ...(await score({ engine, reference, config, collected }, { signal })), milliseconds: 0 };
  if (updates > 0) await update({ engine, config, step: 0, scored }, { signal });
  const packed = packStep(scored, config);
  const report = await nextPass(engine, config, packed, signal);
  const { batch } = packed;
  const coefficients = config.lossTemperature.compensate
    ? compensated(report.coefficients, batch.tau)
    : report.coefficients;
  const total = coefficients.reduce((sum, c) => sum + Math.abs(c), 0);
  const lists = (values: ArrayLike<number>) => unpackTokens(batch, rollouts, values);
  const [ratio, clipSide] = [lists(report.ratio), lists(report.clipSide)];
  const share = lists(coefficients.map((c) => (total === 0 ? 0 : Math.abs(c) / total)));
  const sides = Object.values(CLIP_SIDE);
  const [summary] = groupAdvantages(
    rollouts.map(({ reward }) => reward),
    rollouts.map(() => 0),
    config.loss.advantageScale,
  ).groups;
  return {
    updates,
    rollouts: packed.rollouts.map((rollout, row) => ({
      ...rollout,
      scored: {
        ...rollout.scored,
        ratio: ratio[row]!,
        clipSide: clipSide[row]!.map((side) => sides.find((known) => known === side)!),
        gradientShare: share[row]!,
      },
    })),
    coefficients: lists(coefficients),
    weights: packed.weight === null ? null : lists(packed.weight),
    loss: report.loss,
    rewardMean: summary!.mean,
    rewardStd: summary!.std,
    auditMean: scored.metrics['sampling/sampling_logp_difference/mean'] ?? null,
    auditMax: scored.metrics['sampling/sampling_logp_difference/max'] ?? null,
  };
}

/** The loss that the trainer's next pass would take, at the engine's weights as they are; before any update, as scored. */
async function nextPass(
  engine: PolicyEngine,
  config: RunConfig,
  packed: PackedStep,
  signal: AbortSignal,
): Promise<LossReport> {
  const { batch, logpOld, entropyNats, logpReference, weight, advantage } = packed;
  const { innerEpochs: updates, microBatchTokens } = config.update;
  const now =
    updates === 0 ? { logpTau: logpOld, entropyNats } : await scoreBatch(engine, batch, { microBatchTokens, signal });
  return policyLoss(config.loss, {
    rowStart: batch.rowStart,
    mask: batch.mask,
    logpNew: now.logpTau,
    entropyNats: now.entropyNats,
    logpOld,
    ...(logpReference === null ? {} : { logpReference }),
    ...(weight === null ? {} : { weight }),
    advantage,
    maxLength: config.maxNewTokens,
    noise: { seed: config.seed, stream: updates },
  });
}
