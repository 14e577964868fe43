// Test code: a page and its worker in one thread, on real IndexedDB and the CPU engine; and tiny experiments.

import { vi } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import { type CellResult, lasting } from '../../experiments/cellResult.ts';
import { cellsOf, type Experiment, type ExperimentInput, parseExperiment } from '../../experiments/definition.ts';
import { runCell } from '../../experiments/runCell.ts';
import { pretrain } from '../../grpo/pretrain.ts';
import { parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { memoryStore } from '../../grpo/runLog.testing.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { initialParameters } from '../../policy/initialise.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import { taskStopToken, taskTokenizer } from '../../policy/taskTokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import { LabClient } from '../client.ts';
import type { Purpose } from '../engine/host.ts';
import { fetchBase } from '../engine/policies.ts';
import type { FromWorker } from '../protocol.ts';
import { serve } from '../serve.ts';
import { Database } from '../storage/database.ts';
import type { ExperimentEntry, ExperimentState } from './calls.ts';
import { ExperimentLibrary } from './library.ts';
import { type ExperimentServices, openExperiments } from './service.ts';
import type { StartHost } from './starts.ts';
import { createExperimentsStore, type ExperimentsStore } from './store.ts';

/** Two arms, one with a reference policy, of two seeds and two steps. */
export const TINY = {
  name: 'tiny',
  base: { prompts: 2, group: 2, maxNewTokens: 16, sampler: { temperature: { rule: 'fixed', tau: 1 } } },
  arms: [{ name: 'fixed 1' }, { name: 'archer', set: { loss: { variant: 'archer' } } }],
  seeds: [3, 4],
  steps: 2,
  evaluation: { every: 1, prompts: 3, n: 2 },
} as const satisfies ExperimentInput;

/** One arm whose start has to be trained. */
export const TRAINED_START = {
  ...TINY,
  name: 'with a start',
  arms: [{ name: 'fixed 1' }],
  start: { steps: 6, batch: 4, policy: { layers: 1, width: 16, heads: 2, kvHeads: 1, mlpWidth: 32 } },
} as const satisfies ExperimentInput;

const bases = new Map<string, Promise<LoadedCheckpoint>>();

export function base(task: string): Promise<LoadedCheckpoint> {
  const known = bases.get(task) ?? fetchBase(new URL('/', location.href).href, task);
  bases.set(task, known);
  return known;
}

/** As the worker's host keeps its engines. @param wrap what an engine is handed out as */
export function cpuHost(
  wrap: (engine: PolicyEngine, purpose: Purpose) => PolicyEngine = (engine) => engine,
): StartHost & { readonly kept: ReadonlyMap<Purpose, unknown> } {
  const kept = new Map<Purpose, { readonly shape: string; readonly engine: Promise<PolicyEngine> }>();
  return {
    kept,
    engine: (purpose, config) => {
      const shape = JSON.stringify(config);
      const found = kept.get(purpose);
      if (found?.shape === shape) return found.engine;
      const engine = createCpuEngine(config).then((made) => wrap(made, purpose));
      kept.set(purpose, { shape, engine });
      return engine;
    },
    release: (purpose) => void kept.delete(purpose),
    whileThere: (work) => work,
    base,
  };
}

/** A host one of whose engines stands still before a call, until the gate is opened. */
export function gatedHost(purpose: Purpose, name: 'generate' | 'applyGradient', call: number) {
  let calls = 0;
  let reach!: () => void;
  let open!: () => void;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const host = cpuHost((engine, of) => {
    const own = engine[name] as (...given: readonly unknown[]) => Promise<unknown>;
    const gated = async (...given: readonly unknown[]) => {
      if (of === purpose && ++calls === call) {
        reach();
        await opened;
      }
      return own.apply(engine, [...given]);
    };
    return Object.assign(engine, { [name]: gated });
  });
  return { host, reached, open, calls: () => calls };
}

export interface Tab {
  readonly store: ExperimentsStore;
  readonly client: LabClient;
  readonly library: ExperimentLibrary;
  readonly services: ExperimentServices;
  /** All news so far. */
  readonly news: readonly ExperimentState[];
}

export function openTab(database = `test ${crypto.randomUUID()}`, host: StartHost = cpuHost()): Tab {
  const library = new ExperimentLibrary(new Database(database));
  let client: LabClient | null = null;
  const say = (message: FromWorker) => client!.receive(structuredClone(message));
  const services = openExperiments({ host, library, tell: (name, body) => say({ news: name, body }) });
  const answer = serve(services.calls, say);
  client = new LabClient({ send: (message) => answer(structuredClone(message)), close: () => {} });
  const news: ExperimentState[] = [];
  client.on('experiment/news', (state) => news.push(state));
  const store = createExperimentsStore();
  store.attach(client);
  return { store, client, library, services, news };
}

export const entryOf = ({ store }: Tab, id: string): ExperimentEntry | undefined =>
  store.getState().list?.find(({ state }) => state.id === id);

/** Resolves when the experiment is as is said of it. */
export const until = (tab: Tab, id: string, holds: (state: ExperimentState) => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      const entry = entryOf(tab, id);
      if (entry === undefined || !holds(entry.state)) throw new Error(`It is ${JSON.stringify(entry?.state)}.`);
    },
    { timeout: 120_000, interval: 10 },
  );
export const ends = (tab: Tab, id: string) => until(tab, id, ({ phase }) => phase === 'finished');

/** What lasts of the results that a tab has. */
export async function resultsOf({ client }: Tab, id: string) {
  const { cells } = await client.call('experiment/results', { id });
  return cells.map(lasting);
}

/** The run's hash names code and machine, which a test makes another. */
export const withoutRun = (results: readonly Omit<CellResult, 'timing' | 'machine'>[]) =>
  results.map(({ run: _, ...rest }) => rest);

/** What lasts of the results when every cell is made without interruption, on engines of its own. */
export async function direct(
  input: ExperimentInput,
  create: (config: PolicyConfig) => Promise<PolicyEngine> = createCpuEngine,
): Promise<Omit<CellResult, 'timing' | 'machine'>[]> {
  const definition = parseExperiment(input);
  const results: Omit<CellResult, 'timing' | 'machine'>[] = [];
  for (const cell of cellsOf(definition)) {
    const engines: PolicyEngine[] = [];
    const open = async (_: string, config: PolicyConfig, parameters: NamedTensors) => {
      const engine = await create(config);
      engines.push(engine);
      await engine.loadParameters(parameters);
      return engine;
    };
    const result = await runCell(definition, cell, {
      store: memoryStore(new Map()),
      code: 'a test',
      loadStart: ({ config, start }) => (start === null ? base(config.task) : trainedStart(start, create)),
      openEngine: open,
    });
    for (const engine of engines) engine.destroy();
    results.push(lasting(result!));
  }
  return results;
}

async function trainedStart(
  start: NonNullable<Experiment['start']>,
  create: (config: PolicyConfig) => Promise<PolicyEngine>,
): Promise<LoadedCheckpoint> {
  const config = parsePretrainConfig(start);
  const shape = pretrainPolicy(config);
  const engine = await create(shape);
  await engine.loadParameters(initialParameters(shape, config.seed, config.initialDeviation));
  await pretrain(engine, config);
  const task = taskByName(config.task);
  const tokenizer = taskTokenizer(task);
  const parameters = await engine.readParameters();
  engine.destroy();
  return {
    config: shape,
    parameters,
    generation: { stopTokens: [taskStopToken(task, tokenizer)], padToken: tokenizer.padId, beginToken: null },
    tokenizer,
    tokenizerNote: null,
    trainer: null,
  };
}
