// The one who owns a run writes it: each finished step, what the trainer resumes from, and the checkpoints it keeps.
//
// One call, one transaction. What cannot be written (a full disk) is said, and kept in memory for the next attempt: the
// run goes on, and as soon as there is room again, all steps since are stored with it.

import type { RunIdentity } from '../../grpo/runIdentity.ts';
import type { Annotation, MetricsRow, Stage, StepResult } from '../../grpo/stages.ts';
import type { CheckpointFiles } from '../../policy/checkpoint.ts';
import { type Database, ownedBy, stepsOf } from './database.ts';
import { NotWrittenError, readableStorageError, StorageError } from './errors.ts';
import { fileBytes, ownBytes, SAVE, stepFolder } from './files.ts';
import type { Claim } from './ownership.ts';
import { packRollouts } from './packed.ts';
import { type CheckpointKind, RUN_FORMAT, type StoredCheckpoint, type StoredRun } from './stored.ts';
import { thinningOrder } from './thinning.ts';
import { type Transaction, transact } from './transaction.ts';

/** Guards that stay, newest first. */
export const GUARDS_KEPT = 4;
/** Rollouts that wait for room in a full storage; older ones are given up, their metrics never. */
const WAITING_ROLLOUT_BYTES = 64 * 2 ** 20;

/** Why a checkpoint is kept. */
export interface Keep {
  readonly kind: CheckpointKind;
  readonly label: string | null;
}

/** All that a trainer needs to go on: what Trainer.save and writeCheckpoint make, and where it stands. */
export interface TrainerSave {
  /** Steps finished. */
  readonly step: number;
  /** Stage that comes next. */
  readonly next: Stage;
  readonly files: CheckpointFiles;
}

export interface Commit {
  readonly save: TrainerSave;
  /** All live changes since the start. */
  readonly annotations: readonly Annotation[];
  /** The step that was just finished; null between its stages. */
  readonly finished: StepResult | null;
  /** Keeps this save as a checkpoint too. Only between steps: next must be 'collect'. */
  readonly keep?: Keep | null;
}

export type Committed =
  | { readonly saved: true }
  /** Nothing stored before is lost. `why` is one sentence; `steps`: finished steps that only this tab knows. */
  | { readonly saved: false; readonly why: string; readonly steps: number };

interface WaitingStep {
  readonly row: MetricsRow;
  /** null: given up. */
  rollouts: Uint8Array<ArrayBuffer> | null;
}

const WRITTEN = ['runs', 'steps', 'rollouts', 'annotations', 'checkpoints', 'files'] as const;
type Writing = Transaction<(typeof WRITTEN)[number], 'readwrite'>;

const STRENGTH: readonly CheckpointKind[] = ['guard', 'regular', 'start', 'pinned'];
const stronger = (a: CheckpointKind, b: CheckpointKind) => (STRENGTH.indexOf(a) > STRENGTH.indexOf(b) ? a : b);

export class RunWriter {
  readonly id: string;
  readonly #database: Database;
  readonly #claim: Claim;
  readonly #waiting: WaitingStep[] = [];

  constructor(database: Database, id: string, held: Claim) {
    this.#database = database;
    this.id = id;
    this.#claim = held;
  }

  /** Stores a finished step, or the stage under way. @throws StorageError when the run was deleted or does not fit */
  async commit(commit: Commit): Promise<Committed> {
    const { save, finished, keep = null } = commit;
    if (keep !== null && save.next !== 'collect')
      throw new StorageError(`A checkpoint can be kept between steps only, but the ${save.next} stage comes next.`);
    if (finished !== null)
      this.#waiting.push({ row: finished.metrics, rollouts: await packRollouts(finished.rollouts) });
    try {
      await this.#change(async (writing, run) => {
        let changed = await this.#addSteps(writing, run);
        if (changed.step !== save.step)
          throw new StorageError(
            `The run ${JSON.stringify(run.name)} has ${changed.step} stored steps, but what is to be saved has ${save.step}.`,
          );
        const files = ownBytes(save.files);
        const bytes = fileBytes(files);
        await writing.objectStore('files').put(files, [this.id, SAVE]);
        await writing.objectStore('annotations').put(commit.annotations, this.id);
        changed = { ...changed, next: save.next, bytes: { ...changed.bytes, save: bytes } };
        return keep === null ? changed : await this.#keep(writing, changed, save, commit.annotations.length, keep);
      });
    } catch (cause) {
      if (!(cause instanceof NotWrittenError)) {
        if (finished !== null) this.#waiting.pop();
        throw cause;
      }
      this.#giveUpOldRollouts();
      return { saved: false, why: cause.message, steps: this.#waiting.length };
    }
    this.#waiting.length = 0;
    return { saved: true };
  }

  /**
   * Keeps a save as a checkpoint after the fact.
   * @param annotations live changes that had been made
   * @throws StorageError unless it was made between two steps, of which this run has stored the earlier
   */
  async keep(save: TrainerSave, annotations: number, keep: Keep): Promise<void> {
    await this.#change(async (writing, run) => {
      if (save.next !== 'collect' || save.step > run.step)
        throw new StorageError('A checkpoint can be kept of a stored, finished step only.');
      return await this.#keep(writing, run, save, annotations, keep);
    });
  }

  /** Keeps a checkpoint for good, e.g. as 'before collapse'. @throws StorageError when there is none */
  async pin(step: number, label: string): Promise<void> {
    await this.#change(async (writing, run) => {
      const checkpoint = await this.#checkpoint(writing, step);
      await writing.objectStore('checkpoints').put({ ...checkpoint, kind: 'pinned', label }, [this.id, step]);
      return run;
    });
  }

  /** @throws StorageError when there is none */
  async removeCheckpoint(step: number): Promise<void> {
    await this.#change(async (writing, run) =>
      this.#dropCheckpoint(writing, run, await this.#checkpoint(writing, step)),
    );
  }

  /**
   * Takes the run back to a kept checkpoint: later rows, rollouts, changes and checkpoints are deleted with it.
   * @returns what the trainer resumes from
   * @throws StorageError when there is none
   */
  async rewind(step: number): Promise<TrainerSave> {
    let files: CheckpointFiles | undefined;
    await this.#change(async (writing, run) => {
      const checkpoint = await this.#checkpoint(writing, step);
      files = await writing.objectStore('files').get([this.id, stepFolder(step)]);
      if (files === undefined) throw new StorageError(`The files of the checkpoint of step ${step} are gone.`);
      await writing.objectStore('files').put(files, [this.id, SAVE]);
      const later = stepsOf(this.id, step);
      const removed = await writing.objectStore('steps').getAll(later);
      await writing.objectStore('steps').delete(later);
      await writing.objectStore('rollouts').delete(later);
      const annotations = (await writing.objectStore('annotations').get(this.id)) ?? [];
      await writing.objectStore('annotations').put(annotations.slice(0, checkpoint.annotations), this.id);
      let changed: StoredRun = {
        ...run,
        step,
        next: 'collect',
        continued: run.continued.filter((machine) => machine.step <= step),
        thinnedSteps: run.thinnedSteps - removed.filter(({ rolloutBytes }) => rolloutBytes === 0).length,
        bytes: {
          ...run.bytes,
          metrics: removed.reduce((left, { bytes }) => left - bytes, run.bytes.metrics),
          rollouts: removed.reduce((left, { rolloutBytes }) => left - rolloutBytes, run.bytes.rollouts),
          save: checkpoint.bytes,
        },
      };
      for (const other of await writing.objectStore('checkpoints').getAll(ownedBy(this.id)))
        if (other.step > step) changed = await this.#dropCheckpoint(writing, changed, other);
      return changed;
    });
    this.#waiting.length = 0;
    return { step, next: 'collect', files: files! };
  }

  /** Says to other tabs whether this run is being trained. */
  async setState(state: 'running' | 'paused'): Promise<void> {
    await this.#change(async (_, run) => ({ ...run, state }));
  }

  /** Notes that the run goes on with this code and machine, where that is not what it had before. */
  async continueOn(machine: Pick<RunIdentity, 'code' | 'backend' | 'adapter'>): Promise<void> {
    const { code, backend, adapter } = machine;
    await this.#change(async (_, run) => {
      const before = run.continued.at(-1) ?? run.identity;
      if (before.code === code && before.backend === backend && before.adapter === adapter) return run;
      const { step, next: stage, continued } = run;
      return { ...run, continued: [...continued, { step, stage, code, backend, adapter }] };
    });
  }

  /** What may be kept of rollouts from the next step on. */
  async setRolloutBudget(bytes: number): Promise<void> {
    await this.#change(async (_, run) => ({ ...run, rolloutBudgetBytes: bytes }));
  }

  /** Lets another tab have the run. */
  async close(): Promise<void> {
    try {
      await this.setState('paused');
    } catch (cause) {
      // It is listed as interrupted then, which it may as well be called.
      if (!(cause instanceof NotWrittenError)) throw cause;
    } finally {
      this.#claim.release();
    }
  }

  /** One transaction that reads the run, lets `work` write, and stores what it makes of the run. */
  async #change(work: (writing: Writing, run: StoredRun) => Promise<StoredRun>): Promise<void> {
    const changing = async (writing: Writing) => {
      const run = await writing.objectStore('runs').get(this.id);
      if (run === undefined) throw new StorageError('This run was deleted.');
      if (run.format > RUN_FORMAT)
        throw new StorageError(`The run ${JSON.stringify(run.name)} was changed by a newer version of this page.`);
      const changed = await work(writing, run);
      await writing.objectStore('runs').put({ ...changed, usedAt: Date.now() }, this.id);
    };
    try {
      await transact(await this.#database.open(), WRITTEN, 'readwrite', changing);
    } catch (cause) {
      throw readableStorageError('The run is not saved', cause);
    }
  }

  async #addSteps(writing: Writing, run: StoredRun): Promise<StoredRun> {
    let { step, thinnedSteps } = run;
    let { metrics, rollouts } = run.bytes;
    for (const waiting of this.#waiting) {
      if (waiting.row.step !== step)
        throw new StorageError(
          `Step ${waiting.row.step} cannot follow the ${step} stored steps of ${JSON.stringify(run.name)}.`,
        );
      const bytes = JSON.stringify(waiting.row).length + 1;
      const rolloutBytes = waiting.rollouts?.length ?? 0;
      await writing.objectStore('steps').add({ row: waiting.row, bytes, rolloutBytes }, [this.id, step]);
      if (waiting.rollouts === null) thinnedSteps++;
      else await writing.objectStore('rollouts').add(waiting.rollouts, [this.id, step]);
      metrics += bytes;
      rollouts += rolloutBytes;
      step++;
    }
    const added: StoredRun = { ...run, step, thinnedSteps, bytes: { ...run.bytes, metrics, rollouts } };
    return rollouts > run.rolloutBudgetBytes ? await this.#thin(writing, added) : added;
  }

  async #thin(writing: Writing, run: StoredRun): Promise<StoredRun> {
    const steps = writing.objectStore('steps');
    // Keys alone: a run over its budget comes by here at every step.
    const kept = (await writing.objectStore('rollouts').getAllKeys(ownedBy(this.id))).map(([, step]) => step);
    let { thinnedSteps } = run;
    let { rollouts } = run.bytes;
    for (const step of thinningOrder(kept)) {
      if (rollouts <= run.rolloutBudgetBytes) break;
      const entry = (await steps.get([this.id, step]))!;
      await writing.objectStore('rollouts').delete([this.id, step]);
      await steps.put({ ...entry, rolloutBytes: 0 }, [this.id, step]);
      rollouts -= entry.rolloutBytes;
      thinnedSteps++;
    }
    return { ...run, thinnedSteps, bytes: { ...run.bytes, rollouts } };
  }

  async #keep(
    writing: Writing,
    run: StoredRun,
    { step, files }: TrainerSave,
    annotations: number,
    { kind, label }: Keep,
  ): Promise<StoredRun> {
    const checkpoints = writing.objectStore('checkpoints');
    const before = await checkpoints.get([this.id, step]);
    const bytes = fileBytes(files);
    const entry: StoredCheckpoint = {
      step,
      kind: before === undefined ? kind : stronger(before.kind, kind),
      label: label ?? before?.label ?? null,
      createdAt: Date.now(),
      bytes,
      annotations,
    };
    await checkpoints.put(entry, [this.id, step]);
    await writing.objectStore('files').put(ownBytes(files), [this.id, stepFolder(step)]);
    const total = run.bytes.checkpoints + bytes - (before?.bytes ?? 0);
    let changed: StoredRun = { ...run, bytes: { ...run.bytes, checkpoints: total } };
    const guards = (await checkpoints.getAll(ownedBy(this.id))).filter((other) => other.kind === 'guard');
    for (const old of guards.slice(0, -GUARDS_KEPT)) changed = await this.#dropCheckpoint(writing, changed, old);
    return changed;
  }

  async #dropCheckpoint(writing: Writing, run: StoredRun, { step, bytes }: StoredCheckpoint): Promise<StoredRun> {
    await writing.objectStore('checkpoints').delete([this.id, step]);
    await writing.objectStore('files').delete([this.id, stepFolder(step)]);
    return { ...run, bytes: { ...run.bytes, checkpoints: run.bytes.checkpoints - bytes } };
  }

  async #checkpoint(writing: Writing, step: number): Promise<StoredCheckpoint> {
    const checkpoint = await writing.objectStore('checkpoints').get([this.id, step]);
    if (checkpoint === undefined) throw new StorageError(`There is no checkpoint of step ${step}.`);
    return checkpoint;
  }

  #giveUpOldRollouts(): void {
    let bytes = this.#waiting.reduce((sum, { rollouts }) => sum + (rollouts?.length ?? 0), 0);
    for (const waiting of this.#waiting) {
      if (bytes <= WAITING_ROLLOUT_BYTES) break;
      bytes -= waiting.rollouts?.length ?? 0;
      waiting.rollouts = null;
    }
  }
}
