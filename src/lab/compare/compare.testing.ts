// Test code: stored runs with curves.

import { parseRunConfig, type RunConfigInput } from '../../grpo/runConfig.ts';
import { type RunIdentity, runName } from '../../grpo/runIdentity.ts';
import type { MetricsRow } from '../../grpo/stages.ts';
import { columnOf, metricsOf, trackOf } from '../charts/track.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { StoredCurves } from './calls.ts';
import { type RunCurves, storedCurves } from './curves.ts';
import type { GroupedRun } from './groups.ts';

export function identityOf(config: RunConfigInput): RunIdentity {
  const parsed = parseRunConfig(config);
  return {
    config: parsed,
    weights: 'ab'.repeat(32),
    source: parsed.difficulty,
    code: '0.1.0',
    backend: 'cpu',
    adapter: 'a test',
  };
}

export function storedRun(id: string, config: RunConfigInput, more: Partial<StoredRun> = {}): StoredRun {
  const identity = identityOf(config);
  return {
    format: 1,
    id,
    name: runName(identity.config),
    hash: id.padEnd(64, '0'),
    identity,
    continued: [],
    createdAt: 0,
    usedAt: 0,
    state: 'paused',
    step: 0,
    next: 'collect',
    parent: null,
    bytes: { metrics: 0, rollouts: 0, checkpoints: 0, save: 0 },
    rolloutBudgetBytes: 0,
    thinnedSteps: 0,
    ...more,
  };
}

/** Rows 0, 1, ... with these rewards, 100 tokens and half a minute each; null: not defined. */
export const rowsOf = (rewards: readonly (number | null)[]): MetricsRow[] =>
  rewards.map((reward, step) => ({ step, reward, num_tokens: 100 * (step + 1), step_time: 30 }));

export const columnsOf = (rows: readonly MetricsRow[]): StoredCurves => ({
  track: trackOf(rows),
  metrics: new Map(metricsOf(rows).map((name) => [name, columnOf(rows, name)])),
  annotations: [],
  marks: [],
});

export const curvesOf = (rewards: readonly (number | null)[]): RunCurves => storedCurves(columnsOf(rowsOf(rewards)));

let made = 0;

/** A run of this config with these rewards, to be grouped. */
export function groupedRun(config: RunConfigInput, rewards: readonly (number | null)[]): GroupedRun {
  const index = made++;
  return { run: storedRun(`run ${index}`, config), curves: curvesOf(rewards), index };
}
