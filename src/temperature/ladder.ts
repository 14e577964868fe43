// The rollout ladder (METHOD.md section 2): the rollouts of a group get different temperatures, round robin, so that each
// step of the ladder has as many rollouts as any other and the total cost stays.

import type { SamplerConfig } from './schema.ts';

/** [hot, cold] of a row whose ladder shift is `shift`; for 'fixed' both are tau, for 'edt' both are the base. */
export function rowTemperatures(config: SamplerConfig, shift: number): readonly [hot: number, cold: number] {
  const rule = config.temperature;
  switch (rule.rule) {
    case 'fixed':
      return [rule.tau + shift, rule.tau + shift];
    case 'edt':
      return [rule.base + shift, rule.base + shift];
    case 'binary':
    case 'rank':
      return [rule.high + shift, config.ladder.shifts === 'both' ? rule.low + shift : rule.low];
  }
}

/** The ladder shift of the r-th rollout of its group (round robin). */
export function ladderShift(config: SamplerConfig, rollout: number): number {
  const { offsets } = config.ladder;
  return offsets[rollout % offsets.length]!;
}
