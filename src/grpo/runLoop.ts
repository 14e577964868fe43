// A run from where it stands to a number of steps, stage by stage, with its record: what a command line and a page do.

import { differences } from './runIdentity.ts';
import type { RunLog } from './runLog.ts';
import type { Annotation, LiveChange, StageResult, StepResult, Trainer } from './stages.ts';

/** A run that dies loses no more than this; where it is saved shows nowhere in what it does. */
const UNSAVED_MS = 60_000;

/** A live change that is known beforehand. */
export interface PlannedChange {
  /** It comes before this step is collected. */
  readonly step: number;
  readonly change: LiveChange;
}

export interface RunLoopOptions {
  /** Steps that the run is to have in all. */
  readonly steps: number;
  readonly changes?: readonly PlannedChange[];
  /** Aborted, the stage under way is given up, and the run is saved as it was before it. */
  readonly signal?: AbortSignal;
  /** Share of the stage that is done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
  readonly onStage?: (result: StageResult) => void;
  readonly onChange?: (annotation: Annotation) => void;
  /** After the step is in the record; waited for. */
  readonly onStep?: (result: StepResult) => void | Promise<void>;
}

/**
 * Trains until `steps` steps are done or the signal is aborted, and saves: at the config's checkpoints, once a minute
 * between steps, and at the end. Planned changes that the trainer's annotations hold already are not made again.
 * @returns how it ended; either way the run can go on from what was saved
 * @throws whatever a stage throws; what was saved before stands
 */
export async function continueRun(
  trainer: Trainer,
  log: RunLog,
  { steps, changes = [], signal, onProgress, onStage, onChange, onStep }: RunLoopOptions,
): Promise<'finished' | 'interrupted'> {
  let savedAt = performance.now();
  let isSaved = true;
  const save = async () => {
    await log.save(trainer);
    savedAt = performance.now();
    isSaved = true;
  };
  const { checkpointEvery } = trainer.config;
  while (trainer.step < steps && !signal?.aborted) {
    if (trainer.next === 'collect')
      for (const planned of changes) {
        if (planned.step !== trainer.step || isMade(planned, trainer.annotations)) continue;
        const annotation = trainer.change(planned.change);
        await log.annotate(annotation);
        isSaved = false;
        onChange?.(annotation);
      }
    let result: StageResult;
    try {
      result = await trainer.runStage({
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    } catch (error) {
      if (signal?.aborted) break;
      throw error;
    }
    isSaved = false;
    onStage?.(result);
    if (result.finished === null) continue;
    await log.step(result.finished);
    const isCheckpoint = checkpointEvery > 0 && trainer.step % checkpointEvery === 0;
    if (isCheckpoint || performance.now() - savedAt > UNSAVED_MS) await save();
    await onStep?.(result.finished);
  }
  if (!isSaved) await save();
  return trainer.step < steps ? 'interrupted' : 'finished';
}

/** Whether the record holds a planned change already. */
export function isMade({ step, change }: PlannedChange, annotations: readonly Annotation[]): boolean {
  return annotations.some((made) => differences(made, { ...change, step, stage: 'collect' }).length === 0);
}
