// Rollouts for tests of what is made of them.

import type { Rollout } from '../policy/engine.ts';
import { type RolloutRecord, recordOfRollout } from './rolloutRecord.ts';

/** A rollout of `completion` with awkward float32 numbers, and no threshold for its first token. */
export function awkwardRollout(ids: readonly number[], salt = 1): Rollout {
  const series = (scale: number) => Float32Array.from(ids, (_, t) => scale * Math.sin(salt + 7 * t) ** 2);
  return {
    row: 5,
    group: 2,
    promptIds: Int32Array.of(3, 4),
    ids: Int32Array.from(ids),
    finished: true,
    entropyNats: series(1.1),
    thresholdNats: series(0.7).map((nats, t) => (t === 0 ? Number.NaN : nats)),
    queueLength: Int32Array.from(ids, (_, t) => 8 * t),
    hot: Uint8Array.from(ids, (_, t) => t % 2),
    tau: Float32Array.from(ids, (_, t) => (t % 2 === 1 ? 1.2 : 0.7)),
    logpTau: series(-3e-8),
    logp1: series(-31),
  };
}

/** Its record, scored. */
export function awkwardRecord(rollout: Rollout, completion: string, step = 4): RolloutRecord {
  const tokens = [...rollout.ids.keys()];
  return recordOfRollout(rollout, {
    task: 'countdown',
    step,
    group: rollout.group,
    member: 1,
    prompt: '12',
    completion,
    role: tokens.map((t) => (t === 0 ? 'fork' : t === 1 ? 'knowledge' : null)),
    ladderOffset: -0.1,
    reward: 1 / 3,
    outcome: 'ok',
    scored: {
      advantage: Math.PI / 7,
      scoredTau: [...rollout.tau],
      logpOld: [...rollout.logpTau],
      ratio: tokens.map((t) => 1 + t / 3),
      clipSide: tokens.map(() => 2),
      gradientShare: tokens.map((t) => t / 7e5),
    },
  });
}
