// Test code: small runs, and steps to commit.

import { awkwardRollout } from '../../grpo/rolloutRecord.testing.ts';
import { type RolloutRecord, recordOfRollout } from '../../grpo/rolloutRecord.ts';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import type { RunIdentity } from '../../grpo/runIdentity.ts';
import type { Annotation, StepResult } from '../../grpo/stages.ts';
import { Database } from './database.ts';
import { type NewRun, RunLibrary } from './runLibrary.ts';
import type { Commit } from './runWriter.ts';

export const identity: RunIdentity = {
  config: parseRunConfig({ seed: 7 }),
  weights: 'a'.repeat(64),
  source: '3 numbers',
  code: '0.1.0',
  backend: 'cpu',
  adapter: 'a test',
};

/** Files that say which step they belong to, so that a mix of two saves shows. */
export const filesOf = (step: number, bytes = 64): Map<string, Uint8Array> =>
  new Map([
    ['config.json', Uint8Array.of(step % 251)],
    ['model.safetensors', new Uint8Array(bytes).fill(step % 251)],
  ]);

export const rolloutsOf = (step: number, count = 2): RolloutRecord[] =>
  Array.from({ length: count }, (_, member) =>
    recordOfRollout(awkwardRollout([1, 2, 3, 4], step + member), {
      task: 'countdown',
      step,
      group: 0,
      member,
      prompt: '12',
      completion: 'abcd',
      role: [null, null, null, null],
      ladderOffset: 0,
      reward: 0.5,
      outcome: 'ok',
      scored: null,
    }),
  );

export const finishedStep = (step: number, rollouts = 2): StepResult => ({
  metrics: { step, reward: Math.sin(step), 'entropy/hot': null },
  rollouts: rolloutsOf(step, rollouts),
});

/** The commit after step number `step` (0 the first) is finished. */
export const commitOf = (step: number, more: Partial<Commit> = {}): Commit => ({
  save: { step: step + 1, next: 'collect', files: filesOf(step + 1) },
  annotations: [],
  finished: finishedStep(step),
  ...more,
});

export const annotation = (step: number): Annotation => ({ step, stage: 'collect', high: 1.5 });

export const newRun = (more: Partial<NewRun> = {}): NewRun => ({
  name: 'a run',
  identity,
  start: filesOf(0),
  ...more,
});

export const newLibrary = (name = `test ${crypto.randomUUID()}`): RunLibrary => new RunLibrary(new Database(name));
