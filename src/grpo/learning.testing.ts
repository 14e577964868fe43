// The measurement behind "it learns", for any engine: avg@8 on held-out prompts before and after some steps.

import type { Checkpoint } from '../policy/checkpoint.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { evaluatePolicy } from './evaluation.ts';
import { meanOrNull } from './metrics.ts';
import { parseRunConfig, type RunConfigInput } from './runConfig.ts';
import type { MetricsRow, Trainer } from './stages.ts';
import { type PairedComparison, pairedBootstrap } from './statistics.ts';
import { createTrainer } from './trainer.ts';

const SAMPLES = 8;
const PROMPTS = 128;
const SEED = 1;

/** Countdown in steps of 24 prompts x 8 rollouts, from `base` on an engine of its shape. */
export function countdownTrainer(engine: PolicyEngine, base: Checkpoint, input: RunConfigInput): Promise<Trainer> {
  const config = parseRunConfig({ seed: SEED, prompts: 24, group: 8, ...input });
  return createTrainer({
    engine,
    source: taskSource(taskByName('countdown'), config.difficulty),
    tokenizer: base.tokenizer!,
    config,
    checkpoint: base,
    createReference: () => Promise.reject(new Error('No objective here has a reference policy.')),
  });
}

export async function metricsOf(trainer: Trainer, steps: number): Promise<MetricsRow[]> {
  const rows: MetricsRow[] = [];
  for (let step = 0; step < steps; step++) rows.push((await trainer.runStep()).metrics);
  return rows;
}

/** Shares right of 8 rollouts of each held-out prompt at tau 1, and their paired difference. */
export interface Learning {
  readonly before: number;
  readonly after: number;
  readonly change: PairedComparison;
  readonly rows: readonly MetricsRow[];
}

export async function measureLearning(
  engine: PolicyEngine,
  base: Checkpoint,
  steps: number,
  input: RunConfigInput,
): Promise<Learning> {
  const trainer = await countdownTrainer(engine, base, input);
  const { task, difficulty } = trainer.config;
  const shares = async () => {
    const { perPrompt } = await evaluatePolicy({
      engine,
      source: taskSource(taskByName(task), difficulty),
      tokenizer: base.tokenizer!,
      sampler: parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 } }),
      n: SAMPLES,
      k: [SAMPLES],
      prompts: PROMPTS,
      seed: SEED,
    });
    return perPrompt.map(({ correct }) => correct / SAMPLES);
  };
  const before = await shares();
  const rows = await metricsOf(trainer, steps);
  const after = await shares();
  const change = pairedBootstrap(before, after, { seed: SEED });
  return { before: meanOrNull(before)!, after: meanOrNull(after)!, change, rows };
}

/** One line for the log. */
export function learningLine(name: string, { before, after, change, rows }: Learning): string {
  const ms = ['collect', 'score', 'update'].map((stage) => {
    const seconds = meanOrNull(rows.map((row) => row[`time/${stage}`]!))!;
    return `${stage} ${(1000 * seconds).toFixed(0)}`;
  });
  const points = (share: number) => share.toFixed(3);
  return `${name}: avg@${SAMPLES} ${points(before)} -> ${points(after)}, p = ${change.pHigher.toPrecision(1)}; ms a step: ${ms.join(', ')}`;
}
