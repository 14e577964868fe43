// The page's side of experiments: which there are, how they go, and the results of the one that is looked at.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Results } from '../../experiments/results.ts';
import type { CallOptions, LabClient } from '../client.ts';
import { Latest } from '../latest.ts';
import type { CallName, Input, Output, Progress } from '../protocol.ts';
import type { EstimateProgress, ExperimentEntry, ExperimentEstimate, ExperimentState, SavedFile } from './calls.ts';

export interface ExperimentsState {
  /** Newest first; null until it was first asked for. */
  readonly list: readonly ExperimentEntry[] | null;
  /** Id of the experiment that is looked at. */
  readonly looked: string | null;
  /** Of the experiment that is looked at, as far as they are there; they grow while it runs. */
  readonly results: Results | null;
  /** What was measured on this device, by estimateKey. */
  readonly estimates: ReadonlyMap<string, ExperimentEstimate>;
  /** What is being measured. */
  readonly estimating: { readonly key: string; readonly progress: EstimateProgress } | null;
  /** What is being done that the reader waits for, in a few words. */
  readonly busy: string | null;
  /** One sentence. */
  readonly failure: string | null;
}

export interface ExperimentsStore extends StoreApi<ExperimentsState> {
  readonly attach: (client: LabClient) => void;
  /** Looks again at what is stored. */
  readonly refresh: () => Promise<void>;
  /** Stores a new experiment and looks at it. @returns its id; null: it failed */
  readonly create: (definition: unknown) => Promise<string | null>;
  /** Stores what a file holds as a new experiment and looks at it. @returns its id; null: it failed */
  readonly open: (file: Blob, name: string) => Promise<string | null>;
  readonly run: (id: string) => Promise<void>;
  readonly pause: (id: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** null: at none. */
  readonly look: (id: string | null) => Promise<void>;
  /** A file to hand to the reader; null: it failed. */
  readonly save: (id: string, what: 'results' | 'tables') => Promise<SavedFile | null>;
  /** Measures what an experiment would take here; one at a time. */
  readonly estimate: (definition: unknown) => Promise<void>;
  readonly cancelEstimate: () => void;
  readonly dismiss: () => void;
}

/** Under which an estimate is found. */
export const estimateKey = (definition: unknown): string => JSON.stringify(definition);

export function createExperimentsStore(): ExperimentsStore {
  const store = createStore<ExperimentsState>()(() => ({
    list: null,
    looked: null,
    results: null,
    estimates: new Map(),
    estimating: null,
    busy: null,
    failure: null,
  }));
  const { getState, setState } = store;
  let client: LabClient | null = null;
  let abort: AbortController | null = null;
  const fetching = new Latest();

  /** @returns null when it failed, which is shown then */
  const ask = async <N extends CallName>(
    call: N,
    input: Input<N>,
    options: CallOptions<Progress<N>> = {},
  ): Promise<Output<N> | null> => {
    const asked = client;
    if (asked === null) return null;
    try {
      const output = await asked.call(call, input, options);
      return asked === client ? output : null;
    } catch (cause) {
      const isAbort = cause instanceof DOMException && cause.name === 'AbortError';
      if (asked === client && !isAbort) setState({ failure: cause instanceof Error ? cause.message : String(cause) });
      return null;
    }
  };
  const refresh = async () => {
    const list = await ask('experiment/list', null);
    if (list === null) return;
    const { looked } = getState();
    setState({ list });
    if (looked !== null && !list.some(({ state }) => state.id === looked)) setState({ looked: null, results: null });
  };
  const fetchResults = () =>
    fetching.run(async () => {
      const id = getState().looked;
      if (id === null) return;
      const results = await ask('experiment/results', { id });
      if (getState().looked === id && results !== null) setState({ results });
    });
  const take = (state: ExperimentState) => {
    const { list, looked } = getState();
    const before = list?.find((entry) => entry.state.id === state.id);
    if (list === null || before === undefined) return;
    setState({ list: list.map((entry) => (entry === before ? { ...entry, state } : entry)) });
    if (looked === state.id && before.state.cells.done !== state.cells.done) fetchResults();
    // Sizes and dates are of the list only.
    if (before.state.phase !== state.phase) void refresh();
  };
  const look = async (id: string | null) => {
    setState(getState().looked === id ? {} : { looked: id, results: null });
    fetchResults();
  };
  /** Something that the reader waits for, after which the list is another. */
  const work = async <T>(what: string, job: () => Promise<T>): Promise<T> => {
    setState({ busy: what, failure: null });
    try {
      return await job();
    } finally {
      setState({ busy: null });
      await refresh();
    }
  };
  const added = async (what: string, job: () => Promise<ExperimentEntry | null>): Promise<string | null> => {
    const entry = await work(what, job);
    if (entry === null) return null;
    await look(entry.state.id);
    return entry.state.id;
  };

  return {
    ...store,
    attach: (attached) => {
      abort?.abort();
      client = attached;
      // Another worker may be on another machine.
      setState({ estimates: new Map(), estimating: null, busy: null });
      attached.on('experiment/news', (state) => client === attached && take(state));
      void refresh().then(fetchResults);
    },
    refresh,
    create: (definition) => added('Storing the experiment', () => ask('experiment/create', { definition })),
    open: (file, name) => added('Reading the file', () => ask('experiment/import', { file, name })),
    run: async (id) => {
      setState({ failure: null });
      await ask('experiment/run', { id });
    },
    pause: async (id) => void (await work('Pausing', () => ask('experiment/pause', { id }))),
    remove: async (id) => void (await work('Deleting the experiment', () => ask('experiment/remove', { id }))),
    look,
    save: (id, what) =>
      work('Packing the results', () =>
        ask(what === 'results' ? 'experiment/export' : 'experiment/export-tables', { id }),
      ),
    estimate: async (definition) => {
      if (client === null || abort !== null) return;
      const key = estimateKey(definition);
      const controller = new AbortController();
      abort = controller;
      setState({ estimating: { key, progress: { doing: 'Getting ready', done: 0 } }, failure: null });
      const onProgress = (progress: EstimateProgress) => setState({ estimating: { key, progress } });
      const estimate = await ask('experiment/estimate', { definition }, { signal: controller.signal, onProgress });
      if (abort === controller) {
        abort = null;
        setState({ estimating: null });
      }
      if (estimate !== null) setState(({ estimates }) => ({ estimates: new Map(estimates).set(key, estimate) }));
    },
    cancelEstimate: () => abort?.abort(),
    dismiss: () => setState({ failure: null }),
  };
}
