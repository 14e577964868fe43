// The page's side of experiments on language models: which there are, what the one that is looked at says, and the run
// of one. What is stored is the engine's worker's; cells are drawn by the model's worker.

import { createStore } from 'zustand/vanilla';
import type { LabClient } from '../../client.ts';
import type { CallName, Input, Output } from '../../protocol.ts';
import type { ModelStore } from '../modelStore.ts';
import { drawMissing } from './runner.ts';
import type {
  ModelExperimentEntry,
  ModelExperimentProgress,
  ModelExperiments,
  ModelExperimentsState,
} from './state.ts';

/** Between two looks at what a running experiment says. */
const LEAST_PAUSE_MS = 2000;
/** The same as a multiple of what the last look took: it must not keep the engine from its work. */
const PAUSE_SHARE = 4;

export interface ModelExperimentsParts {
  /** The engine's worker, which holds what is stored. @throws Error, one sentence, when there is none */
  readonly engine: () => LabClient;
  /** Reads what is stored. */
  readonly reader: () => LabClient;
  readonly model: ModelStore;
}

export function createModelExperiments({ engine, reader, model }: ModelExperimentsParts): ModelExperiments {
  const store = createStore<ModelExperimentsState>()(() => ({
    list: null,
    looked: null,
    findings: null,
    running: null,
    busy: null,
    failure: null,
  }));
  const { getState, setState } = store;
  let abort = new AbortController();
  /** Of the run under way. */
  let ended: Promise<void> = Promise.resolve();
  let fetching: Promise<void> | null = null;
  let isStale = false;
  let tookMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const fail = (cause: unknown) => setState({ failure: cause instanceof Error ? cause.message : String(cause) });
  /** @returns null when it failed, which is shown then */
  const ask = async <N extends CallName>(call: N, input: Input<N>, of = engine): Promise<Output<N> | null> => {
    try {
      return await of().call(call, input);
    } catch (cause) {
      fail(cause);
      return null;
    }
  };

  const refresh = async () => {
    const list = await ask('model-experiment/list', null);
    if (list === null) return;
    const { looked } = getState();
    setState({ list });
    if (looked !== null && !list.some(({ id }) => id === looked)) setState({ looked: null, findings: null });
  };
  /** Of the one that is looked at; asked for meanwhile, they are fetched once more. */
  const fetchFindings = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    isStale = true;
    fetching ??= (async () => {
      while (isStale) {
        isStale = false;
        const id = getState().looked;
        if (id === null) continue;
        const began = performance.now();
        const findings = await ask('model-experiment/findings', { id }, reader);
        tookMs = performance.now() - began;
        if (findings !== null && getState().looked === id) setState({ findings });
      }
      fetching = null;
    })();
    return fetching;
  };
  const fetchSoon = () => {
    timer ??= setTimeout(() => void fetchFindings(), Math.max(LEAST_PAUSE_MS, PAUSE_SHARE * tookMs));
  };
  /** Something that the reader waits for. */
  const work = async <T>(what: string, job: () => Promise<T>): Promise<T> => {
    setState({ busy: what, failure: null });
    try {
      return await job();
    } finally {
      setState({ busy: null });
    }
  };

  const look = async (id: string | null) => {
    if (getState().looked === id && getState().findings !== null) return;
    setState({ looked: id, findings: null });
    if (id !== null) await work('Reading what was drawn', fetchFindings);
  };
  const take = (entry: ModelExperimentEntry) =>
    setState(({ list }) => ({ list: list?.map((old) => (old.id === entry.id ? entry : old)) ?? null }));

  const run = async (id: string) => {
    abort = new AbortController();
    const { signal } = abort;
    const entry = getState().list?.find((one) => one.id === id);
    const told = (progress: Partial<ModelExperimentProgress>) =>
      setState(({ running }) => ({ running: running && { ...running, ...progress } }));
    setState({
      failure: null,
      running: {
        id,
        done: entry?.done ?? 0,
        cells: entry?.cells ?? 0,
        steps: 0,
        mostSteps: entry?.experiment.maxNewTokens ?? 0,
        secondsLeft: null,
        isStopping: false,
      },
    });
    try {
      await drawMissing({
        engine,
        model,
        id,
        signal,
        onProgress: told,
        onCell: (kept) => {
          take(kept);
          if (getState().looked === id) fetchSoon();
        },
      });
    } catch (cause) {
      if (!(cause instanceof DOMException && cause.name === 'AbortError')) fail(cause);
    }
    setState({ running: null });
    await refresh();
    if (getState().looked === id) await fetchFindings();
  };
  const pause = () => {
    abort.abort();
    setState(({ running }) => ({ running: running && { ...running, isStopping: true } }));
  };

  return {
    ...store,
    refresh,
    create: async (input) => {
      const entry = await work('Storing the experiment', () => ask('model-experiment/create', { definition: input }));
      if (entry === null) return null;
      await refresh();
      await look(entry.id);
      return entry.id;
    },
    run: (id) => {
      const { running } = getState();
      if (running === null) ended = run(id);
      else if (running.id !== id) fail(new Error('Another experiment is being run: pause it first.'));
      return ended;
    },
    pause,
    remove: async (id) => {
      await work('Deleting the experiment', async () => {
        if (getState().running?.id === id) {
          pause();
          await ended;
        }
        await ask('model-experiment/remove', { id });
      });
      await refresh();
    },
    look,
    save: (id, what) => work('Packing the file', () => ask('model-experiment/save', { id, what }, reader)),
    read: (id, cell) => ask('model-experiment/cell', { id, cell }, reader),
    refuse: (sentence) => fail(new Error(sentence)),
    dismiss: () => setState({ failure: null }),
  };
}
