// Test code: a page and its worker in one thread, on real IndexedDB.

import { expect, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { createCpuEngine } from '../../cpu/engine.ts';
import { TIMING_METRICS } from '../../grpo/metrics.ts';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import type { MetricsRow } from '../../grpo/stages.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { LabClient } from '../client.ts';
import { fetchBase } from '../engine/policies.ts';
import { ExperimentLibrary } from '../experiments/library.ts';
import { ModelExperimentLibrary } from '../real/experiments/library.ts';
import { NO_RUN, type RunStatus } from '../runStatus.ts';
import { serve } from '../serve.ts';
import { Database } from '../storage/database.ts';
import { PolicyLibrary } from '../storage/policyLibrary.ts';
import { RunLibrary } from '../storage/runLibrary.ts';
import { storageService } from '../storage/service.ts';
import type { RunState } from './calls.ts';
import type { TrainHost } from './machine.ts';
import { type LivePolicy, openTraining } from './service.ts';
import { createTrainStore, type TrainStore } from './store.ts';

/** Small, and with a reference policy. */
export const CONFIG = parseRunConfig({
  seed: 3,
  prompts: 2,
  group: 4,
  loss: { variant: 'archer' },
  optimizer: { learningRate: 1e-3 },
  checkpointEvery: 2,
});

let base: Promise<LoadedCheckpoint> | null = null;

/** As the worker's host keeps them. */
export function cpuHost(): TrainHost {
  const engines = new Map<string, Promise<PolicyEngine>>();
  return {
    engine: (purpose, config) => {
      const kept = engines.get(purpose) ?? createCpuEngine(config);
      engines.set(purpose, kept);
      return kept;
    },
  };
}

export interface Tab {
  readonly store: TrainStore;
  readonly library: RunLibrary;
  readonly status: () => RunStatus;
  readonly live: () => Promise<LivePolicy>;
}

/** A page and its worker, in one thread. */
export function openTab(database = `test ${crypto.randomUUID()}`, host = cpuHost()): Tab {
  const library = new RunLibrary(new Database(database));
  let client: LabClient | null = null;
  const training = openTraining({
    host,
    library,
    load: () => {
      base ??= fetchBase(new URL('/', location.href).href, 'countdown');
      return base;
    },
    tell: (news, body) => client!.receive(structuredClone({ news, body })),
  });
  const { database: shared } = library;
  const stored = storageService({
    runs: library,
    policies: new PolicyLibrary(shared),
    experiments: new ExperimentLibrary(shared),
    modelExperiments: new ModelExperimentLibrary(shared),
  });
  const services = { ...stored, ...training.calls };
  const answer = serve(services, (message) => client!.receive(structuredClone(message)));
  client = new LabClient({ send: (message) => answer(structuredClone(message)), close: () => {} });
  const status = createStore<RunStatus>()(() => NO_RUN);
  const store = createTrainStore(status);
  store.attach(client);
  return { store, library, status: status.getState, live: training.live };
}

export const POLICY = { kind: 'base', task: 'countdown' } as const;
export const state = ({ store }: Tab) => store.getState();

/** Resolves when the run does what is said of it. */
export const until = (tab: Tab, holds: (run: RunState) => boolean) =>
  vi.waitFor(() => expect(holds(state(tab).run!)).toBe(true), { timeout: 60_000, interval: 20 });
export const standsStill = (tab: Tab) => until(tab, ({ phase }) => phase === 'paused');
export const plays = (tab: Tab) => until(tab, ({ phase }) => phase === 'running');

export async function play(tab: Tab, stop: 'step' | 'stage', times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { step, next } = state(tab).run!;
    tab.store.play(stop);
    await until(tab, (run) => run.step !== step || run.next !== next);
    await standsStill(tab);
  }
}

export const untimed = (rows: readonly MetricsRow[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !TIMING_METRICS.includes(name))));
