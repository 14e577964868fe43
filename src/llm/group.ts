// G rollouts of one prompt on a language model, token by token.
//
//   snapshot   what the model knows: the prompt and at least all tokens of the rows but the newest
//   rows       what was drawn, with its records
//
// To go back is to forget records; the snapshot stays as it is, and is cut when the next token is asked for: keys and
// values of a position do not depend on what came after it. A branch holds the same snapshot as its parent until then.
// A row that has ended is fed its last token again and again, so that all rows stay equally long.

import type { Rollout } from '../policy/engine.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import { LlmError } from './llmError.ts';
import type { Machine, Snapshot, StepSampler } from './machine.ts';
import { alternativesFrom, MOST_ALTERNATIVES, rankedTau, wantedColumns } from './ranked.ts';
import { queuesAfter, type RowLog, rolloutOf, rowLog } from './rowLog.ts';
import type { Alternatives, BranchRequest, LlmGroup, StepOptions } from './session.ts';

/** What a group needs of its session. */
export interface GroupHost<L> {
  readonly machine: Machine<L>;
  /** Runs `work` when everything before it is done, and puts its failures into words. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** The prompt's snapshot of one row; the caller releases it. */
  promptSnapshot(ids: Int32Array): Promise<Snapshot<L>>;
  joined(group: Group<L>): void;
  left(group: Group<L>): void;
}

export interface GroupSettings {
  readonly promptIds: Int32Array;
  readonly sampler: SamplerConfig;
  readonly seed: number;
  readonly stream: number;
  readonly maxNewTokens: number;
  readonly stopTokens: readonly number[];
  readonly queuesBefore: readonly ArrayLike<number>[];
}

/** Tokens that a row is given at steps that are still to come. */
type Pinned = ReadonlyMap<number, number>;

export class Group<L> implements LlmGroup {
  readonly #host: GroupHost<L>;
  #settings: GroupSettings;
  #rows: readonly RowLog[];
  #pinned: readonly Pinned[];
  #snapshot: Snapshot<L>;
  #sampler: StepSampler<L> | null = null;
  /** True: the sampler does not stand where the rows do. */
  #isAstray = true;
  #isDisposed = false;
  #rollouts: readonly Rollout[] | null = null;

  /** Takes over one hold of `snapshot`. */
  constructor(
    host: GroupHost<L>,
    settings: GroupSettings,
    rows: readonly RowLog[],
    pinned: readonly Pinned[],
    snapshot: Snapshot<L>,
  ) {
    this.#host = host;
    this.#settings = settings;
    this.#rows = rows;
    this.#pinned = pinned;
    this.#snapshot = snapshot;
    host.joined(this);
  }

  get promptIds(): Int32Array {
    return this.#settings.promptIds;
  }
  get sampler(): SamplerConfig {
    return this.#settings.sampler;
  }
  get seed(): number {
    return this.#settings.seed;
  }
  get stream(): number {
    return this.#settings.stream;
  }
  get maxNewTokens(): number {
    return this.#settings.maxNewTokens;
  }
  get steps(): number {
    return this.#rows.reduce((most, { records }) => Math.max(most, records.length), 0);
  }
  get isDone(): boolean {
    return this.#rows.every(({ isDone }) => isDone);
  }
  get rollouts(): readonly Rollout[] {
    const { promptIds, stopTokens } = this.#settings;
    this.#rollouts ??= this.#rows.map((log, row) => rolloutOf(log, row, promptIds, stopTokens));
    return this.#rollouts;
  }

  queues(): readonly Float32Array[] {
    const { sampler, queuesBefore } = this.#settings;
    return queuesAfter(this.#rows, sampler, queuesBefore).map((list) => Float32Array.from(list));
  }

  step({ forced = [], signal }: StepOptions = {}): Promise<void> {
    return this.#turn(async () => {
      signal?.throwIfAborted();
      await this.#step(forced);
    });
  }

  async play(
    count: number,
    { signal, onStep }: { readonly signal?: AbortSignal; readonly onStep?: () => void } = {},
  ): Promise<void> {
    for (let i = 0; i < count && !this.isDone; i++) {
      await this.step(signal === undefined ? {} : { signal });
      onStep?.();
    }
  }

  back(steps: number): Promise<void> {
    return this.#turn(async () => {
      if (!Number.isInteger(steps) || steps < 0 || steps > this.steps)
        throw new LlmError(
          'request',
          `There are ${this.steps} steps to go back over, so step ${steps} is not among them.`,
        );
      this.#setRows(this.#rows.map(({ records }) => rowLog(records.slice(0, steps), this.#settings)));
    });
  }

  setSampler(sampler: SamplerConfig): Promise<void> {
    return this.#turn(async () => {
      this.#sampler?.destroy();
      this.#sampler = null;
      this.#settings = { ...this.#settings, sampler };
    });
  }

  branch({ row, index, token, stream, sampler, signal }: BranchRequest): Promise<LlmGroup> {
    return this.#turn(async () => {
      signal?.throwIfAborted();
      this.#checkPlace(row, index);
      this.#checkToken(token);
      const settings = {
        ...this.#settings,
        stream: stream ?? this.#settings.stream,
        sampler: sampler ?? this.#settings.sampler,
      };
      const rows = this.#rows.map(({ records }) => rowLog(records.slice(0, index), settings));
      const pinned = this.#rows.map(({ records }, other) =>
        other === row
          ? new Map([[index, token]])
          : new Map(records.slice(index).map(({ id }, i) => [index + i, id] as const)),
      );
      return new Group(this.#host, settings, rows, pinned, this.#snapshot.hold());
    });
  }

  alternatives(row: number, index: number, count: number): Promise<Alternatives> {
    return this.#turn(async () => {
      this.#checkPlace(row, index);
      if (!Number.isInteger(count) || count < 1 || count > MOST_ALTERNATIVES)
        throw new LlmError(
          'request',
          `1 to ${MOST_ALTERNATIVES} alternatives can be listed, but ${count} were asked for.`,
        );
      const { machine } = this.#host;
      const { sampler } = this.#settings;
      const tau = this.#rows[row]!.records[index]?.tau ?? null;
      const isNext = index === this.steps;
      const snapshot = isNext ? (await this.#stand()).hold() : await this.#past(row, index);
      const at = isNext ? row : 0;
      const rank = (listed: number, taus: readonly number[]) =>
        machine.rank(snapshot, at, { count: listed, taus, truncation: sampler.truncation });
      try {
        const needsEntropy = sampler.temperature.rule === 'edt' && tau === null;
        const entropyNats = needsEntropy ? (await rank(1, [])).entropyNats : Number.NaN;
        const columns = wantedColumns(sampler, row, tau, entropyNats);
        const ranked = await rank(
          count,
          columns.map((column) => rankedTau(column.tau)),
        );
        return alternativesFrom(ranked, columns);
      } finally {
        snapshot.release();
      }
    });
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#host.left(this);
    // Behind whatever still runs on its buffers; a session that is gone has nothing left to free.
    this.#host
      .turn(async () => {
        this.#sampler?.destroy();
        this.#snapshot.release();
      })
      .catch(() => {});
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    return this.#host.turn(() => {
      if (this.#isDisposed) throw new LlmError('request', 'This group of rollouts was closed.');
      return work();
    });
  }

  #setRows(rows: readonly RowLog[]): void {
    this.#rows = rows;
    this.#rollouts = null;
    this.#isAstray = true;
  }

  async #step(wanted: readonly (number | null)[]): Promise<void> {
    if (this.isDone) return;
    const { steps } = this;
    const forced = this.#rows.map(({ isDone }, row) =>
      isDone ? null : (wanted[row] ?? this.#pinned[row]!.get(steps) ?? null),
    );
    for (const token of forced) if (token !== null) this.#checkToken(token);
    const from = await this.#stand();
    const sampler = await this.#standingSampler(forced);
    this.#isAstray = true;
    const { records, next } = await sampler.step(from, steps + 1 < this.maxNewTokens);
    this.#setRows(
      this.#rows.map((log, row) => {
        const record = records[row];
        return record == null ? log : rowLog([...log.records, record], this.#settings);
      }),
    );
    this.#isAstray = false;
    if (next !== null) this.#replace(next);
  }

  #replace(snapshot: Snapshot<L>): void {
    this.#snapshot.release();
    this.#snapshot = snapshot;
  }

  /** The snapshot that the next token is drawn from: all tokens so far, and the logits behind them. */
  async #stand(): Promise<Snapshot<L>> {
    const { steps, promptIds } = this;
    const { machine } = this.#host;
    const length = promptIds.length + steps;
    if (this.#snapshot.length === length && this.#snapshot.logits !== null) return this.#snapshot;
    const rows = this.#rows.map((_, row) => row);
    if (steps === 0) {
      const prompt = await this.#host.promptSnapshot(promptIds);
      try {
        this.#replace(
          await machine.pick(
            prompt,
            rows.map(() => 0),
            length,
          ),
        );
      } finally {
        prompt.release();
      }
      return this.#snapshot;
    }
    const isOneShort = this.#snapshot.length === length - 1;
    const before = isOneShort ? this.#snapshot.hold() : await machine.pick(this.#snapshot, rows, length - 1);
    try {
      this.#replace(await machine.run(this.#newest(), rows.length, before));
    } finally {
      before.release();
    }
    return this.#snapshot;
  }

  /** A row's snapshot of its own, with the logits of a place in its past. */
  async #past(row: number, index: number): Promise<Snapshot<L>> {
    const { machine } = this.#host;
    const { promptIds } = this.#settings;
    if (index === 0) return this.#host.promptSnapshot(promptIds);
    const before = await machine.pick(this.#snapshot, [row], promptIds.length + index - 1);
    try {
      return await machine.run(Int32Array.of(this.#rows[row]!.records[index - 1]!.id), 1, before);
    } finally {
      before.release();
    }
  }

  /** The newest token of each row. */
  #newest(): Int32Array {
    const last = this.#settings.promptIds.at(-1)!;
    return Int32Array.from(this.#rows, ({ records }) => records.at(-1)?.id ?? last);
  }

  async #standingSampler(forced: readonly (number | null)[]): Promise<StepSampler<L>> {
    const { sampler: config, seed, stream, maxNewTokens, stopTokens, queuesBefore } = this.#settings;
    const rows = this.#rows.length;
    const isNew = this.#sampler === null;
    this.#sampler ??= await this.#host.machine.sampler({ rows, config, seed, stream, maxNewTokens, stopTokens });
    if (isNew || this.#isAstray || forced.some((token) => token !== null))
      this.#sampler.seek(
        {
          live: this.#rows.map(({ isDone }) => !isDone),
          generated: this.#rows.map(({ records }) => records.length),
          tokens: [...this.#newest()],
          queues: queuesAfter(this.#rows, config, queuesBefore),
        },
        forced,
      );
    return this.#sampler;
  }

  #checkPlace(row: number, index: number): void {
    const log = this.#rows[row];
    if (log === undefined)
      throw new LlmError('request', `There are rollouts 0 to ${this.#rows.length - 1}, but not ${row}.`);
    const places = log.records.length - (log.isDone ? 1 : 0);
    if (!Number.isInteger(index) || index < 0 || index > places)
      throw new LlmError('request', `Rollout ${row} has places 0 to ${places}, but not ${index}.`);
  }

  #checkToken(token: number): void {
    const { vocabulary } = this.#host.machine;
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary)
      throw new LlmError('request', `The token ${token} is not one of this model's (0 to ${vocabulary - 1}).`);
  }
}
