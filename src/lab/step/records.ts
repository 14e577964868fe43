// The shown group as rollout records: what the trainer scores and what a file keeps.

import { overlongPenalty } from '../../grpo/advantage.ts';
import { drawsAtOne } from '../../grpo/lossTemperature.ts';
import { type RolloutRecord, recordOfRollout } from '../../grpo/rolloutRecord.ts';
import { ruleTemperatures } from '../../grpo/ruleTemperature.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import { ladderShift } from '../../temperature/ladder.ts';
import type { Branch } from './branches.ts';
import { rolloutFacts } from './facts.ts';
import type { ShownGroup } from './group.ts';
import { tokenizerOf } from './posed.ts';
import type { Strip } from './take.ts';

/** What a record says of a rollout beside what was sampled. */
export type RecordedEnd = Pick<RolloutRecord, 'completion' | 'reward' | 'outcome'>;

/** One record a rollout of a sampled group, whole, hidden tokens included. */
export function recordsOf(
  group: ShownGroup,
  branch: Branch,
  sampler: SamplerConfig,
  end: (strip: Strip) => RecordedEnd,
): RolloutRecord[] {
  return branch.strips.map((strip, member) => {
    const { rollout, takes } = strip;
    return recordOfRollout(rollout, {
      task: group.posed.task?.name ?? group.posed.title,
      step: null,
      group: 0,
      member,
      prompt: group.posed.problem.prompt,
      role: rolloutFacts(group, strip).roles,
      ladderOffset: ladderShift(takes.at(-1)?.sampler ?? sampler, member),
      scored: null,
      ...end(strip),
    });
  });
}

/** The records of a small policy's group; the reward is the one that a training step would give. */
export function branchRecords(
  group: ShownGroup,
  branch: Branch,
  { loss, maxNewTokens, sampler }: RunConfig,
): RolloutRecord[] {
  if (group.recorded !== null) return [...group.recorded.rollouts];
  const tokenizer = tokenizerOf(group.view);
  return recordsOf(group, branch, sampler, (strip) => {
    const { ids } = strip.rollout;
    const verdict = rolloutFacts(group, strip).verdict ?? group.posed.problem.verify(tokenizer.decode(ids));
    const penalty =
      loss.overlongShare === null ? 0 : overlongPenalty(ids.length, maxNewTokens, loss.overlongShare * maxNewTokens);
    return { completion: tokenizer.decode(ids), reward: verdict.reward + penalty, outcome: verdict.outcome };
  });
}

/** What the rule asks for where the mode draws at tau 1; else null. */
export function branchRuleTau(branch: Branch, { lossTemperature, sampler }: RunConfig): number[][] | null {
  if (!drawsAtOne(lossTemperature.mode)) return null;
  const rollouts = branch.strips.map(({ rollout }) => rollout);
  return ruleTemperatures(sampler, rollouts, branch.take?.queuesBefore ?? []).map((list) => [...list]);
}
