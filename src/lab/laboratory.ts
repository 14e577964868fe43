// The page's state outside of any user interface: the worker, what it runs on, and the stores of the rooms.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Actions, createActions } from './actions.ts';
import { type LabClient, startWorker } from './client.ts';
import { type CompareStore, createCompareStore } from './compare/store.ts';
import { type CostStore, createCostStore } from './cost/store.ts';
import type { EngineDescription } from './engine/calls.ts';
import { createEvaluateStore, type EvaluateStore } from './evaluate/store.ts';
import type { ExperimentStatus } from './experimentStatus.ts';
import { createExperimentsStore, type ExperimentsStore } from './experiments/store.ts';
import { createLearnStore, type LearnStore } from './learn/store.ts';
import { createShelfStore, type ShelfStore } from './policies/store.ts';
import { createPretrainStore, type PretrainStore } from './pretrain/store.ts';
import { NO_RUN, type RunStatus } from './runStatus.ts';
import { createSettingsStore, type SettingsStore } from './settings/store.ts';
import { createTrainStore, type TrainStore } from './train/store.ts';

export interface EngineState {
  readonly phase: 'opening' | 'open' | 'lost';
  /** null until it was opened for the first time. */
  readonly engine: EngineDescription | null;
  /** Why there is none now, or why it had to be opened again; one sentence. */
  readonly notice: string | null;
}

/** A GPU that is lost this often in one visit is not opened again by itself. */
const MOST_RECOVERIES = 3;

export class Laboratory {
  readonly settings: SettingsStore = createSettingsStore();
  readonly evaluate: EvaluateStore = createEvaluateStore();
  readonly experiments: ExperimentsStore = createExperimentsStore();
  readonly learn: LearnStore = createLearnStore();
  readonly engine: StoreApi<EngineState> = createStore<EngineState>()(() => ({
    phase: 'opening',
    engine: null,
    notice: null,
  }));
  /** Written by the Train room's store, shown by the frame. */
  readonly run: StoreApi<RunStatus> = createStore<RunStatus>()(() => NO_RUN);
  /** Written by the Real model room, shown by the frame; null: it runs none. */
  readonly modelExperiment: StoreApi<ExperimentStatus | null> = createStore<ExperimentStatus | null>()(() => null);
  readonly train: TrainStore = createTrainStore(this.run);
  /** What this browser keeps. */
  readonly shelf: ShelfStore = createShelfStore();
  readonly pretrain: PretrainStore = createPretrainStore(this.settings.getState().settings.config.task);
  readonly cost: CostStore = createCostStore();
  readonly compare: CompareStore = createCompareStore(this.train);
  readonly actions: Actions = createActions();
  readonly #baseUrl: string;
  readonly #onClient: ((client: LabClient) => void)[] = [];
  #client: LabClient | null = null;
  #losses = 0;

  /** @param baseUrl the address of the page's folder */
  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
    this.attach((client) => this.evaluate.attach(client));
    this.attach((client) => this.learn.attach(client));
    this.engine.subscribe(({ phase }, before) => {
      if (phase === 'open' && before.phase === 'opening' && before.engine !== null) this.learn.refresh();
    });
    this.attach((client) => this.train.attach(client));
    this.attach((client) => this.shelf.attach(client));
    this.attach((client) => this.pretrain.attach(client));
    this.attach((client) => this.cost.attach(client));
    this.attach((client) => this.compare.attach(client));
    this.attach((client) => this.experiments.attach(client));
  }

  /** Calls `attach` with the worker's client now, and again whenever a new worker takes its place. */
  attach(attach: (client: LabClient) => void): void {
    this.#onClient.push(attach);
    if (this.#client !== null) attach(this.#client);
  }

  /** Starts a worker and opens the machine, in place of a worker that is there. */
  async start(): Promise<void> {
    this.#client?.end('The engine was started again.');
    const client = startWorker((sentence) => {
      if (client === this.#client) this.engine.setState({ phase: 'lost', notice: sentence });
    });
    this.#client = client;
    client.on('engine/lost', (sentence) => void this.#recover(client, sentence));
    this.engine.setState({ phase: 'opening', notice: null });
    // Asked first: what is attached may ask for policies at once, which are found under the address that this call brings.
    const opened = this.#open(client, null);
    for (const attach of this.#onClient) attach(client);
    await opened;
  }

  /** @throws Error whose message is one sentence, when there is no worker yet */
  get client(): LabClient {
    if (this.#client === null) throw new Error('The engine has not been started.');
    return this.#client;
  }

  async #recover(client: LabClient, sentence: string): Promise<void> {
    if (client !== this.#client) return;
    if (++this.#losses > MOST_RECOVERIES) {
      this.engine.setState({ phase: 'lost', notice: sentence });
      return;
    }
    this.engine.setState({ phase: 'opening', notice: sentence });
    await this.#open(client, `${sentence} It was opened again.`);
  }

  async #open(client: LabClient, notice: string | null): Promise<void> {
    try {
      const engine = await client.call('engine/open', { baseUrl: this.#baseUrl });
      if (client === this.#client) this.engine.setState({ phase: 'open', engine, notice });
    } catch (cause) {
      if (client !== this.#client || this.engine.getState().phase === 'lost') return;
      this.engine.setState({ phase: 'lost', notice: cause instanceof Error ? cause.message : String(cause) });
    }
  }
}
