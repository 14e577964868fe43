// One experiment as it runs: its cells, one after the other, each on engines of the experiment's own.
//
//   start of the cell -> runCell on the files of the cell -> its result, kept -> the next cell
//
// A cell that was stopped, whatever stopped it, goes on from its last save. A lost GPU is the same on a small scale.

import type { CellResult } from '../../experiments/cellResult.ts';
import { type Cell, cellKey, cellsOf, type Experiment } from '../../experiments/definition.ts';
import { type CellProgress, runCell } from '../../experiments/runCell.ts';
import { GpuError } from '../../gpu/errors.ts';
import { CODE_VERSION } from '../../grpo/codeVersion.ts';
import { shortHash } from '../../grpo/runIdentity.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import type { CellDoing, CellUnderWay } from './calls.ts';
import type { ExperimentLibrary } from './library.ts';
import { CellClock, cellMs, Pace } from './pace.ts';
import { STARTS_FOLDER, type StartHost, startOf } from './starts.ts';

/** A cell that loses the GPU this often without a step between two losses fails. */
const MOST_LOSSES = 3;
/** How long a lost GPU may take to be known as lost. */
const LOSS_WAIT_MS = 2000;
const LOSS_POLL_MS = 50;

const PURPOSES = { policy: 'experiment', reference: 'experiment reference' } as const;

export interface RunnerParts {
  readonly host: StartHost;
  readonly library: ExperimentLibrary;
  readonly id: string;
  readonly definition: Experiment;
  /** Aborted, the cell is saved as it is between two stages. */
  readonly signal: AbortSignal;
  /** Called whenever something has changed; it looks no further than `state`. */
  readonly onChange: () => void;
}

/** Of the folder that a cell is made in. Another version of the code begins it anew: one run must not be of two. */
const folderOf = (key: string) => `${shortHash(key)}-${CODE_VERSION}`;
/** Cells of one start have policies of one size, and take about as long. */
const sizeOf = ({ start }: Cell) => JSON.stringify(start);

/** A cell on one machine. */
interface Attempt {
  readonly folder: string;
  readonly start: LoadedCheckpoint;
  /** null before it was opened. */
  engine: PolicyEngine | null;
  readonly over: AbortSignal;
}

export class ExperimentRunner {
  readonly #parts: RunnerParts;
  readonly #cells: readonly Cell[];
  readonly #keys: readonly string[];
  /** By sizeOf the cell. */
  readonly #paces = new Map<string, Pace>();
  /** Numbers of the cells that have no result. */
  #missing: number[];
  #doing: CellDoing = 'opening';
  #clock: CellClock | null = null;
  #progress: CellProgress | null = null;
  #makingStart: { readonly step: number; readonly steps: number } | null = null;

  private constructor(parts: RunnerParts, cells: readonly Cell[], keys: readonly string[], made: ReadonlySet<string>) {
    this.#parts = parts;
    this.#cells = cells;
    this.#keys = keys;
    this.#missing = keys.flatMap((key, index) => (made.has(key) ? [] : [index]));
  }

  /** Looks which cells are to be made. @throws StorageError */
  static async open(parts: RunnerParts): Promise<ExperimentRunner> {
    const cells = cellsOf(parts.definition);
    const keys = await Promise.all(cells.map((cell) => cellKey(parts.definition, cell)));
    return new ExperimentRunner(parts, cells, keys, await parts.library.keys(parts.id));
  }

  get cells(): { readonly done: number; readonly total: number } {
    return { done: this.#cells.length - this.#missing.length, total: this.#cells.length };
  }

  get underWay(): CellUnderWay | null {
    const index = this.#missing[0];
    if (index === undefined || this.#clock === null) return null;
    const { arm, at, seed } = this.#cells[index]!;
    const making = this.#makingStart;
    return {
      arm,
      at,
      seed,
      index,
      doing: this.#doing,
      step: making?.step ?? this.#progress?.step ?? 0,
      steps: making?.steps ?? this.#parts.definition.steps,
      done: making === null ? (this.#progress?.done ?? 0) : making.step / making.steps,
      share: this.#clock.share,
      reward: this.#progress?.reward ?? null,
    };
  }

  /** Of the cells that are left; policies that have to be trained before them are not counted. */
  get secondsLeft(): number | null {
    const { definition } = this.#parts;
    const all = new Map([...this.#paces].map(([size, pace]) => [size, cellMs(definition, pace)]));
    let ms = 0;
    for (const index of this.#missing) {
      const cell = all.get(sizeOf(this.#cells[index]!)) ?? null;
      if (cell === null) return null;
      ms += cell * (index === this.#missing[0] && this.#clock !== null ? 1 - this.#clock.share : 1);
    }
    return ms / 1000;
  }

  /**
   * Makes the cells that have no result.
   * @returns whether all are made; false when the signal was aborted
   * @throws StorageError; whatever a cell throws. What was made before stands
   */
  async run(): Promise<boolean> {
    const { host, library, id, definition, signal } = this.#parts;
    const folders = new Set(this.#missing.map((index) => folderOf(this.#keys[index]!)));
    await library.sweep(id, (folder) => folder === STARTS_FOLDER || folders.has(folder));
    try {
      for (let index = this.#missing[0]; index !== undefined; index = this.#missing[0]) {
        if (signal.aborted) return false;
        const cell = this.#cells[index]!;
        const pace = this.#paces.get(sizeOf(cell)) ?? new Pace();
        this.#paces.set(sizeOf(cell), pace);
        this.#clock = new CellClock(definition, cell, pace);
        this.#progress = null;
        const folder = folderOf(this.#keys[index]!);
        const result = await this.#made(cell, folder);
        if (result === null) return false;
        await library.keep(id, result, folder);
        this.#missing.shift();
        this.#parts.onChange();
        // A CPU engine holds its thread from one promise to the next; here the page's calls are heard.
        await new Promise((resolve) => setTimeout(resolve));
      }
      return true;
    } finally {
      this.#clock = null;
      for (const purpose of Object.values(PURPOSES)) host.release(purpose);
    }
  }

  #says(doing: CellDoing): void {
    this.#doing = doing;
    this.#parts.onChange();
  }

  /** The result of a cell; null when the signal was aborted. */
  async #made(cell: Cell, folder: string): Promise<CellResult | null> {
    const { signal } = this.#parts;
    try {
      this.#says('opening');
      const start = await this.#start(cell);
      return await this.#recovering(cell, folder, start);
    } catch (cause) {
      if (signal.aborted && cause instanceof DOMException && cause.name === 'AbortError') return null;
      throw cause;
    }
  }

  async #start(cell: Cell): Promise<LoadedCheckpoint> {
    const { host, library, id, signal } = this.#parts;
    try {
      return await startOf(host, cell, {
        store: library.folder(id, STARTS_FOLDER),
        signal,
        onProgress: ({ step, steps }) => {
          this.#makingStart = { step, steps };
          this.#says('making the start');
        },
      });
    } finally {
      this.#makingStart = null;
    }
  }

  /** Runs a cell; where that loses the GPU, goes on from the cell's last save on the next one. */
  async #recovering(cell: Cell, folder: string, start: LoadedCheckpoint): Promise<CellResult | null> {
    const { host, signal } = this.#parts;
    for (let losses = 0; ; ) {
      // What the lost GPU leaves behind must not write into the cell that goes on without it.
      const over = new AbortController();
      const attempt: Attempt = { folder, start, engine: null, over: over.signal };
      const before = this.#progress?.step ?? 0;
      try {
        return await host.whileThere(this.#attempt(cell, attempt));
      } catch (cause) {
        over.abort();
        losses = (this.#progress?.step ?? 0) > before ? 1 : losses + 1;
        if (signal.aborted || losses > MOST_LOSSES || !(await this.#isLoss(cause, attempt.engine))) throw cause;
        this.#says('recovering');
      }
    }
  }

  /** Whether the machine is another one than that of an engine. */
  async #isLoss(cause: unknown, engine: PolicyEngine | null): Promise<boolean> {
    const isLost = cause instanceof GpuError && cause.failure === 'lost';
    if (engine === null) return isLost;
    for (let waited = 0; ; waited += LOSS_POLL_MS) {
      if ((await this.#parts.host.engine(PURPOSES.policy, engine.config)) !== engine) return true;
      if (!isLost || waited >= LOSS_WAIT_MS) return false;
      await new Promise((resolve) => setTimeout(resolve, LOSS_POLL_MS));
    }
  }

  #attempt(cell: Cell, attempt: Attempt): Promise<CellResult | null> {
    const { host, library, id, definition, signal } = this.#parts;
    const { folder, start, over } = attempt;
    this.#clock!.start();
    return runCell(definition, cell, {
      store: library.folder(id, folder, over),
      code: CODE_VERSION,
      loadStart: async () => start,
      openEngine: async (purpose, config, parameters) => {
        const engine = await host.engine(PURPOSES[purpose], config);
        over.throwIfAborted();
        if (purpose === 'policy') attempt.engine = engine;
        await engine.loadParameters(parameters);
        return engine;
      },
      signal,
      onProgress: (progress) => {
        if (over.aborted) return;
        this.#progress = progress;
        this.#clock!.saw(progress, performance.now());
        this.#says(progress.doing);
      },
    });
  }
}
