// One run as it is trained: stages, one after the other, each stored when it is done.
//
//   change what waits -> a stage -> the trainer's save -> one transaction -> (a warning?) -> the next stage
//
// What is stored is always a state between two stages, so whatever ends the tab costs the stage under way, and of the
// finished ones at most MOST_UNSAVED_MS.
// A lost GPU is the same on a small scale: the run goes on from its last save, on the next GPU.

import { GpuError } from '../../gpu/errors.ts';
import { changedConfig } from '../../grpo/liveChange.ts';
import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import { type CollapseWarning, warningsAtEnd, warningsOf } from '../../grpo/sentinel.ts';
import type { LiveChange, MetricsRow, Stage, StageResult, StepResult } from '../../grpo/stages.ts';
import { type LoadedCheckpoint, readCheckpoint, writeCheckpoint } from '../../policy/checkpoint.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import { StorageError } from '../storage/errors.ts';
import type { RunLibrary } from '../storage/runLibrary.ts';
import type { Committed, Keep, TrainerSave } from '../storage/runWriter.ts';
import type { StoredCheckpoint, StoredRun } from '../storage/stored.ts';
import type { PlayUntil, RunState, TrainPhase } from './calls.ts';
import { machineOf, type OpenTrainer, openTrainer, type TrainHost } from './machine.ts';
import type { Writer } from './unstored.ts';

/** Steps between checkpoints that are kept for a while, in case a warning asks for one from before. */
const GUARD_EVERY = 5;
/**
 * Stages of a step that together took no longer are not saved one by one: on a fast GPU that would cost more than it
 * could lose. A finished step always is, and so is a run that stands still.
 */
const MOST_UNSAVED_MS = 250;
/** A stage that loses the GPU this often in a row fails. */
const MOST_RECOVERIES = 3;
/** How long a lost GPU may take to be known as lost. */
const LOSS_WAIT_MS = 2000;
const LOSS_POLL_MS = 50;

export interface SessionParts {
  readonly host: TrainHost;
  readonly library: RunLibrary;
  readonly run: StoredRun;
  readonly writer: Writer;
  readonly open: OpenTrainer;
  /** The weights that the run started from. */
  readonly base: NamedTensors;
  /** What the trainer was opened from. */
  readonly save: TrainerSave;
  readonly rows: readonly MetricsRow[];
  readonly checkpoints: readonly StoredCheckpoint[];
  /** Called whenever something has changed; seldom enough that it may look at everything. */
  readonly onChange: () => void;
}

/** Ends the present stage at once. */
const stopped = () => new DOMException('The stage was given up.', 'AbortError');

export class TrainSession {
  readonly #parts: SessionParts;
  #run: StoredRun;
  #open: OpenTrainer;
  readonly #rows: MetricsRow[];
  #warnings: CollapseWarning[];
  #checkpoints: readonly StoredCheckpoint[];
  /** What a lost GPU is recovered from. */
  #save: TrainerSave;
  /** The last save between two steps, and the live changes that it holds; null until there is one. */
  #boundary: { readonly save: TrainerSave; readonly annotations: number } | null;
  #lastStep: StepResult | null = null;
  #phase: TrainPhase = 'paused';
  #notice: string | null = null;
  #done: number | null = null;
  #stageMs: Partial<Record<Stage, number>> = {};
  #saveMs: number | null = null;
  /** What the stages since the last save took. */
  #unsavedMs = 0;
  #waiting: LiveChange | null = null;
  #saved: Committed = { saved: true };
  #until: PlayUntil = 'pause';
  #isPausing = false;
  #abort = new AbortController();
  /** Settles when the run stands still. */
  #playing: Promise<void> | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#run = parts.run;
    this.#open = parts.open;
    this.#rows = [...parts.rows];
    this.#warnings = [...warningsOf(parts.rows)];
    this.#checkpoints = parts.checkpoints;
    this.#save = parts.save;
    const annotations = parts.open.trainer.annotations.length;
    this.#boundary = parts.save.next === 'collect' ? { save: parts.save, annotations } : null;
  }

  get id(): string {
    return this.#run.id;
  }

  get rows(): readonly MetricsRow[] {
    return this.#rows;
  }

  get state(): RunState {
    const { trainer } = this.#open;
    return {
      run: this.#run,
      phase: this.#phase,
      notice: this.#notice,
      config: this.#wantedConfig(),
      step: this.#rows.length,
      next: trainer.next,
      done: this.#done,
      stageMs: { ...this.#stageMs },
      saveMs: this.#saveMs,
      annotations: trainer.annotations,
      waiting: this.#waiting,
      checkpoints: this.#checkpoints,
      warnings: [...this.#warnings],
      saved: this.#saved,
    };
  }

  /** The weights of the last save, which are those after the last finished step. */
  get live(): { readonly checkpoint: LoadedCheckpoint; readonly version: string } {
    const { files, step } = this.#save;
    return { checkpoint: readCheckpoint(files, 'ignore'), version: `${this.id} ${step}` };
  }

  /** Begins to play; does nothing while it plays, but for the new end. */
  play(until: PlayUntil): void {
    this.#until = until;
    this.#isPausing = false;
    this.#playing ??= this.#play().finally(() => {
      this.#playing = null;
      this.#parts.onChange();
    });
  }

  /** Resolves when the run stands still: after the stage under way or, if `now`, with that stage given up. */
  async pause(now: boolean): Promise<void> {
    this.#isPausing = true;
    if (now) this.#abort.abort(stopped());
    await this.#playing;
  }

  /** Applied before the next stage. @throws RunConfigError for a change that the config does not take */
  change(change: LiveChange): void {
    const waiting = { ...this.#waiting, ...change };
    changedConfig(this.#open.trainer.config, waiting);
    this.#waiting = waiting;
    this.#parts.onChange();
  }

  /** Keeps a checkpoint of the last finished step. @throws StorageError */
  async keep(label: string): Promise<void> {
    const boundary = this.#boundary;
    if (boundary === null)
      throw new StorageError('The step under way was begun before the page was reloaded: finish it first.');
    await this.#parts.writer.keep(boundary.save, boundary.annotations, { kind: 'pinned', label });
    await this.#refresh();
  }

  async removeCheckpoint(step: number): Promise<void> {
    await this.#parts.writer.removeCheckpoint(step);
    await this.#refresh();
  }

  /** Takes the run back to a checkpoint, for good. Only while it stands still. */
  async rewind(step: number): Promise<void> {
    const { writer, host, base } = this.#parts;
    const save = await writer.rewind(step);
    this.#save = save;
    this.#rows.length = step;
    this.#warnings = [...warningsOf(this.#rows)];
    this.#lastStep = null;
    this.#waiting = null;
    this.#saved = { saved: true };
    this.#phase = 'paused';
    this.#notice = null;
    this.#open = await openTrainer(host, this.#run.identity.config, readCheckpoint(save.files), base);
    this.#boundary = { save, annotations: this.#open.trainer.annotations.length };
    await this.#refresh();
  }

  /** Of a finished step or the one under way; null when they were dropped. */
  async rollouts(step: number): Promise<readonly RolloutRecord[] | null> {
    const { trainer } = this.#open;
    if (step === this.#rows.length && trainer.rollouts.length > 0) return trainer.rollouts;
    if (this.#lastStep?.metrics.step === step) return this.#lastStep.rollouts;
    return await this.#parts.library.rollouts(this.id, step);
  }

  async setRolloutBudget(bytes: number): Promise<void> {
    await this.#parts.writer.setRolloutBudget(bytes);
    await this.#refresh();
  }

  /** Pauses, and lets another tab have the run. */
  async close(): Promise<void> {
    await this.pause(true);
    await this.#parts.writer.close();
  }

  #wantedConfig(): RunConfig {
    const { config } = this.#open.trainer;
    return this.#waiting === null ? config : changedConfig(config, this.#waiting);
  }

  async #play(): Promise<void> {
    this.#abort = new AbortController();
    this.#phase = 'running';
    this.#notice = null;
    this.#parts.onChange();
    let failure: unknown = null;
    try {
      await this.#mark('running');
      let isOver = false;
      while (!isOver && !this.#isPausing) {
        const { finished } = await this.#recovering(() => this.#stage());
        isOver = this.#until === 'stage' || (this.#until === 'step' && finished !== null);
        // A CPU engine holds its thread from one promise to the next; here the page's calls are heard.
        await new Promise((resolve) => setTimeout(resolve));
      }
    } catch (cause) {
      if (!this.#abort.signal.aborted) failure = cause;
    }
    this.#done = null;
    try {
      if (this.#unsavedMs > 0) await this.#recovering(() => this.#store(null));
    } catch (cause) {
      failure ??= cause;
    }
    if (failure !== null) this.#notice = failure instanceof Error ? failure.message : String(failure);
    this.#phase = failure === null ? 'paused' : 'failed';
    await this.#mark('paused');
  }

  /** What a tab says of the run to others matters less than the run: a full storage does not stop it. */
  async #mark(state: 'running' | 'paused'): Promise<void> {
    await this.#parts.writer.setState(state).catch(() => undefined);
  }

  async #stage(): Promise<StageResult> {
    const { trainer } = this.#open;
    if (this.#waiting !== null) {
      const waiting = this.#waiting;
      this.#waiting = null;
      trainer.change(waiting);
    }
    this.#done = 0;
    const result = await trainer.runStage({
      signal: this.#abort.signal,
      onProgress: (done) => {
        this.#done = done;
        this.#parts.onChange();
      },
    });
    this.#stageMs = { ...this.#stageMs, [result.stage]: result.milliseconds };
    this.#unsavedMs += result.milliseconds;
    if (result.finished !== null || this.#unsavedMs > MOST_UNSAVED_MS) await this.#store(result.finished);
    this.#done = null;
    this.#parts.onChange();
    return result;
  }

  async #store(finished: StepResult | null): Promise<void> {
    const { trainer } = this.#open;
    const began = performance.now();
    const save = { step: trainer.step, next: trainer.next, files: writeCheckpoint(await trainer.save()) };
    // From here on the stage has happened, whatever the GPU does next.
    this.#save = save;
    this.#unsavedMs = 0;
    const { annotations } = trainer;
    if (finished !== null) {
      this.#rows.push(finished.metrics);
      this.#lastStep = finished;
      this.#boundary = { save, annotations: annotations.length };
    }
    const keep = finished === null ? null : this.#keepOf(save.step);
    this.#saved = await this.#parts.writer.commit({ save, annotations, finished, keep });
    this.#saveMs = performance.now() - began;
    if (finished === null) return;
    for (const warning of warningsAtEnd(this.#rows)) await this.#warn(warning);
    await this.#refresh();
  }

  #keepOf(step: number): Keep | null {
    const { checkpointEvery } = this.#run.identity.config;
    if (checkpointEvery > 0 && step % checkpointEvery === 0) return { kind: 'regular', label: null };
    return step % GUARD_EVERY === 0 ? { kind: 'guard', label: null } : null;
  }

  /** Keeps the newest checkpoint from before what the warning speaks of. */
  async #warn(warning: CollapseWarning): Promise<void> {
    this.#warnings.push(warning);
    const checkpoints = await this.#parts.library.checkpoints(this.id).catch(() => []);
    const before = checkpoints.filter(({ step }) => step <= warning.from).at(-1);
    const label = `before ${warning.sign}`;
    // Without room in the storage it cannot be marked, but it is there.
    if (before !== undefined && before.kind !== 'pinned')
      await this.#parts.writer.pin(before.step, label).catch(() => undefined);
  }

  /** Brings what is known of the stored run up to date. */
  async #refresh(): Promise<void> {
    const { library } = this.#parts;
    try {
      [this.#run, this.#checkpoints] = await Promise.all([library.get(this.id), library.checkpoints(this.id)]);
    } catch (cause) {
      if (!(cause instanceof StorageError)) throw cause;
    }
    this.#parts.onChange();
  }

  /** Runs `work`; where that loses the GPU, puts the run on the next one and runs it again. */
  async #recovering<T>(work: () => Promise<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      try {
        return await work();
      } catch (cause) {
        const isLoss = cause instanceof GpuError && cause.failure === 'lost';
        if (!isLoss || losses === MOST_RECOVERIES) throw cause;
        this.#phase = 'recovering';
        this.#done = null;
        this.#parts.onChange();
        await this.#recover(cause.message);
      }
    }
  }

  async #recover(sentence: string): Promise<void> {
    const { host, base, writer } = this.#parts;
    const lost = this.#open.engine;
    for (let waited = 0; (await host.engine('train', lost.config)) === lost; waited += LOSS_POLL_MS) {
      if (waited >= LOSS_WAIT_MS) throw new Error(sentence);
      await new Promise((resolve) => setTimeout(resolve, LOSS_POLL_MS));
    }
    // Changes that were applied since the last save were lost with the stage.
    const made = this.#open.trainer.annotations;
    this.#open = await openTrainer(host, this.#run.identity.config, readCheckpoint(this.#save.files), base);
    this.#unsavedMs = 0;
    const { trainer, engine } = this.#open;
    for (const { step: _, stage: __, ...change } of made.slice(trainer.annotations.length)) trainer.change(change);
    await writer.continueOn(machineOf(engine)).catch(() => undefined);
    this.#phase = 'running';
    this.#notice = `${sentence} The run went on from its last save, with ${trainer.next}.`;
    this.#parts.onChange();
  }
}
