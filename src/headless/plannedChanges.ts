// Live changes on the command line: `20:high=1.4,20:low=0.8,50:learningRate=1e-4`.

import { changedConfig } from '../grpo/liveChange.ts';
import { isMade, type PlannedChange } from '../grpo/runLoop.ts';
import type { LiveChange, Trainer } from '../grpo/stages.ts';
import { InputError } from './io.ts';

const FIELDS = [
  'high',
  'low',
  'tau',
  'threshold',
  'queueCapacity',
  'learningRate',
] as const satisfies readonly (keyof LiveChange)[];

/** Reads the value of --change; steps count from 0, as in metrics.jsonl. Those of one step are one change. @throws InputError */
export function plannedChanges(list: string | null): PlannedChange[] {
  const byStep = new Map<number, LiveChange>();
  for (const item of list === null ? [] : list.split(',')) {
    const [, step, name, value] = /^\s*(\d+):(\w+)=(\S+)\s*$/.exec(item) ?? [];
    const field = FIELDS.find((known) => known === name);
    const number = Number(value);
    if (step === undefined || field === undefined || !Number.isFinite(number))
      throw new InputError(
        `--change takes STEP:NAME=NUMBER, NAME being one of ${FIELDS.join(', ')}, with commas between several, but it holds ${JSON.stringify(item)}.`,
      );
    const before = byStep.get(Number(step)) ?? {};
    if (before[field] !== undefined) throw new InputError(`--change sets ${field} before step ${step} twice.`);
    byStep.set(Number(step), { ...before, [field]: number });
  }
  return [...byStep].map(([step, change]) => ({ step, change })).sort((a, b) => a.step - b.step);
}

/**
 * Finds out before the first step what would go wrong at a later one.
 * @throws InputError for a step that does not come
 * @throws RunConfigError for a change that the config does not take
 */
export function checkChanges(
  changes: readonly PlannedChange[],
  trainer: Pick<Trainer, 'config' | 'annotations' | 'step' | 'next'>,
  steps: number,
): void {
  const open = changes.filter((planned) => !isMade(planned, trainer.annotations));
  for (const { step } of open) {
    if (step >= steps)
      throw new InputError(`--change names step ${step}, but the last of ${steps} steps is ${steps - 1}.`);
    if (step < trainer.step || (step === trainer.step && trainer.next !== 'collect'))
      throw new InputError(`--change names step ${step}, which has begun already.`);
  }
  open.reduce((config, { change }) => changedConfig(config, change), trainer.config);
}
