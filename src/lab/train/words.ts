// What a run does, in words.

import type { RunConfig } from '../../grpo/runConfig.ts';
import type { CollapseWarning } from '../../grpo/sentinel.ts';
import { type MetricsRow, STAGES, type Stage } from '../../grpo/stages.ts';
import type { StoredCheckpoint } from '../storage/stored.ts';
import type { RunState } from './calls.ts';

export const STAGE_NAMES: Readonly<Record<Stage, string>> = { collect: 'collect', score: 'score', update: 'update' };

const times = (count: number, noun: string) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** What a stage does, for a run of this size. */
export function stageText(stage: Stage, { prompts, group, update }: RunConfig): string {
  switch (stage) {
    case 'collect':
      return `drawing ${group} rollouts of each of ${times(prompts, 'problem')}`;
    case 'score':
      return `scoring ${times(prompts * group, 'rollout')}: advantages, log-probs, audit`;
    case 'update': {
      const updates = update.innerEpochs * update.miniBatches;
      return `updating the weights${updates === 1 ? '' : ` ${updates} times`}`;
    }
  }
}

/** What the run does now, or what it stands before. */
export function statusText({ phase, step, next, config, notice }: RunState): string {
  const what = stageText(next, config);
  switch (phase) {
    case 'running':
      return `Step ${step}: ${what}`;
    case 'recovering':
      return `Step ${step}: the GPU was lost; the run is being put on a new one`;
    case 'failed':
      return `Stopped in step ${step} while ${what}${notice === null ? '' : `: ${notice}`}`;
    case 'paused':
      if (next !== 'collect') return `Paused inside step ${step}; next: ${what}`;
      return step === 0 ? `Ready; first: ${what}` : `Paused after ${times(step, 'step')}; next: ${what}`;
  }
}

/** Speed and stages of the last step: "312 tokens/s · 4.1 s a step: collect 12 %, score 25 %, update 63 %". */
export function costText(rows: readonly MetricsRow[]): string | null {
  const row = rows.at(-1);
  const seconds = row?.['step_time'];
  if (row === undefined || typeof seconds !== 'number' || seconds <= 0) return null;
  const tokens = (row['num_tokens'] ?? 0) - (rows.at(-2)?.['num_tokens'] ?? 0);
  const shares = STAGES.map((stage) => {
    const part = row[`time/${stage}`];
    return typeof part === 'number' ? `${STAGE_NAMES[stage]} ${Math.round((100 * part) / seconds)} %` : null;
  });
  const split = shares.filter((share) => share !== null).join(', ');
  return `${Math.round(tokens / seconds).toLocaleString('en')} tokens/s · ${Number(seconds.toPrecision(2))} s a step${split === '' ? '' : `: ${split}`}`;
}

/** The newest checkpoint from before what a warning speaks of; null: it was dropped. */
export function checkpointBefore(
  { from }: Pick<CollapseWarning, 'from'>,
  checkpoints: readonly StoredCheckpoint[],
): StoredCheckpoint | null {
  return checkpoints
    .filter(({ step }) => step <= from)
    .reduce<StoredCheckpoint | null>((newest, one) => (newest === null || one.step > newest.step ? one : newest), null);
}

/** A size as a reader sees it: "1.2 MB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Number((bytes / 1e3).toPrecision(3))} kB`;
  return bytes < 1e9 ? `${Number((bytes / 1e6).toPrecision(3))} MB` : `${Number((bytes / 1e9).toPrecision(3))} GB`;
}
