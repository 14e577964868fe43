// The shown group as rollout records: what the trainer scores and what a file keeps.

import { overlongPenalty } from '../../grpo/advantage.ts';
import { drawsAtOne } from '../../grpo/lossTemperature.ts';
import { type RolloutRecord, recordOfRollout } from '../../grpo/rolloutRecord.ts';
import { ruleTemperatures } from '../../grpo/ruleTemperature.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import { ladderShift } from '../../temperature/ladder.ts';
import type { Branch } from './branches.ts';
import { rolloutFacts } from './facts.ts';
import type { ShownGroup } from './group.ts';
import { tokenizerOf } from './posed.ts';

/** One record a rollout of a sampled group, whole, hidden tokens included; the reward is the one that a training step would give. */
export function branchRecords(
  group: ShownGroup,
  branch: Branch,
  { loss, maxNewTokens, sampler }: RunConfig,
): RolloutRecord[] {
  if (group.recorded !== null) return [...group.recorded.rollouts];
  const tokenizer = tokenizerOf(group.view);
  return branch.strips.map((strip, member) => {
    const { rollout, takes } = strip;
    const { roles, verdict } = rolloutFacts(group, strip);
    const penalty =
      loss.overlongShare === null
        ? 0
        : overlongPenalty(rollout.ids.length, maxNewTokens, loss.overlongShare * maxNewTokens);
    return recordOfRollout(rollout, {
      task: group.posed.task?.name ?? group.posed.title,
      step: null,
      group: 0,
      member,
      prompt: group.posed.problem.prompt,
      completion: tokenizer.decode(rollout.ids),
      role: roles,
      ladderOffset: ladderShift(takes.at(-1)?.sampler ?? sampler, member),
      reward: verdict.reward + penalty,
      outcome: verdict.outcome,
      scored: null,
    });
  });
}

/** What the rule asks for where the mode draws at tau 1; else null. */
export function branchRuleTau(branch: Branch, { lossTemperature, sampler }: RunConfig): number[][] | null {
  if (!drawsAtOne(lossTemperature.mode)) return null;
  const rollouts = branch.strips.map(({ rollout }) => rollout);
  return ruleTemperatures(sampler, rollouts, branch.take?.queuesBefore ?? []).map((list) => [...list]);
}
