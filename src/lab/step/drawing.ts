// What the settings ask the sampler for, and whether what is there is that.

import { drawsAtOne } from '../../grpo/lossTemperature.ts';
import { drawingAtOne } from '../../grpo/ruleTemperature.ts';
import type { Task } from '../../tasks/task.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import type { LabClient } from '../client.ts';
import type { Settings } from '../settings/settings.ts';
import { type Branch, isWhole, keptOf } from './branches.ts';
import type { StepPolicyRef } from './policy.ts';
import type { Posed } from './posed.ts';
import { isOf, type Take } from './take.ts';

/** Rollouts that a screen holds; larger groups show their first ones. */
export const MOST_ROLLOUTS = 32;

/** The sampler that a training step would draw with, but for schedules: here the temperatures are those that are set. */
export function samplerOf({ config }: Pick<Settings, 'config'>): SamplerConfig {
  return drawsAtOne(config.lossTemperature.mode) ? drawingAtOne(config.sampler) : config.sampler;
}

/** Settings of another text need another group; all others act on the tokens that are not revealed yet. */
export function groupKey({ config, prompt, problem }: Settings, policy: StepPolicyRef, noise: number): string {
  const { task, difficulty, seed, group } = config;
  return JSON.stringify([task, difficulty, seed, Math.min(group, MOST_ROLLOUTS), prompt ?? problem, policy, noise]);
}

/** True: the settings would draw some token of the branch otherwise that is not revealed yet. */
export function isOutdated(settings: Settings, branch: Branch): boolean {
  const { seed, maxNewTokens } = settings.config;
  const wanted = { sampler: samplerOf(settings), seed, stream: branch.stream, maxNewTokens };
  return branch.strips.some((strip, row) => !isWhole(branch, row) && !isOf(strip, keptOf(branch, row), wanted));
}

/** What kept queues held before a take, for another one in its place; a queue of another scope is another queue. */
export function queuesFor({ config }: Pick<Settings, 'config'>, take: Take): readonly Float32Array[] {
  return take.sampler.queue.scope === config.sampler.queue.scope ? take.queuesBefore : [];
}

/** True: some revealed token was drawn by other settings than these; only rolling again makes them act on it. */
export function hasOtherSettings(settings: Settings, branch: Branch): boolean {
  const sampler = JSON.stringify(samplerOf(settings));
  const takes = new Set(branch.strips.flatMap(({ takes: own }, row) => own.slice(0, branch.revealed[row])));
  return [...takes].some((take) => take !== null && JSON.stringify(take.sampler) !== sampler);
}

/** Which tokens a take must begin with, and which noise draws the others. */
export interface TakeWish {
  readonly stream: number;
  /** One list a rollout. */
  readonly forced: readonly Int32Array[];
  readonly queuesBefore: readonly Float32Array[];
}

/** Draws a group whole, by the settings as they are. @throws Error, one sentence */
export async function drawTake(
  client: LabClient,
  settings: Settings,
  policy: StepPolicyRef,
  { task, promptIds }: Posed & { readonly task: Task },
  wish: TakeWish,
): Promise<Take> {
  const { seed, maxNewTokens } = settings.config;
  const how = {
    sampler: samplerOf(settings),
    seed,
    maxNewTokens,
    stream: wish.stream,
    queuesBefore: wish.queuesBefore,
  };
  const { forced } = wish;
  const rolled = await client.call('step/roll', {
    ...how,
    policy,
    promptIds,
    stop: task.stop,
    rollouts: forced.length,
    forced,
  });
  return { ...how, ...rolled };
}
