// The page's side of the Train room: the run that is open, as the worker tells of it.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { LiveChange, MetricsRow } from '../../grpo/stages.ts';
import type { LabClient } from '../client.ts';
import type { PolicyRef } from '../engine/policyRef.ts';
import type { CallName, Input, Output } from '../protocol.ts';
import { NO_RUN, type RunStatus } from '../runStatus.ts';
import type { RunSummary } from '../storage/runLibrary.ts';
import type { PlayUntil, RunNews, RunState } from './calls.ts';

export interface TrainState {
  /** null: none is open. */
  readonly run: RunState | null;
  /** Row i is step i. */
  readonly rows: readonly MetricsRow[];
  /** What is being done that the reader waits for, in a few words. */
  readonly busy: string | null;
  /** One sentence. */
  readonly failure: string | null;
  /** The run that was used last, when none is open: the page offers to go on with it. */
  readonly resumable: RunSummary | null;
  /** Rollouts of the step that is looked at; records null: they were dropped. */
  readonly looked: { readonly step: number; readonly records: readonly RolloutRecord[] | null } | null;
}

export interface TrainStore extends StoreApi<TrainState> {
  readonly attach: (client: LabClient) => void;
  /** Makes a run, in place of the one that is open. Resolves true when it is there. */
  readonly start: (config: RunConfig, policy: PolicyRef, name?: string | null) => Promise<boolean>;
  readonly open: (run: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
  readonly play: (until: PlayUntil) => void;
  /** After the stage under way; asked for a second time, at once. */
  readonly pause: () => void;
  readonly change: (change: LiveChange) => void;
  readonly keep: (label: string) => Promise<void>;
  readonly removeCheckpoint: (step: number) => Promise<void>;
  readonly rewind: (step: number) => Promise<boolean>;
  readonly fork: (step: number, name?: string | null) => Promise<boolean>;
  readonly setRolloutBudget: (bytes: number) => Promise<void>;
  /** Fetches the rollouts of a step into `looked`; null: of none. */
  readonly look: (step: number | null) => Promise<void>;
  /** Gives up what is being done, where that can be given up. */
  readonly cancel: () => void;
  readonly dismiss: () => void;
}

const NOTHING = { run: null, rows: [], looked: null } as const;

/** @param status where the frame reads what the run does */
export function createTrainStore(status: StoreApi<RunStatus>): TrainStore {
  const store = createStore<TrainState>()(() => ({ ...NOTHING, busy: null, failure: null, resumable: null }));
  let client: LabClient | null = null;
  let abort: AbortController | null = null;
  let wasPaused = false;
  store.subscribe(({ run }) => status.setState(statusOf(run), true));

  const fail = (cause: unknown) => {
    if (!(cause instanceof DOMException && cause.name === 'AbortError'))
      store.setState({ failure: cause instanceof Error ? cause.message : String(cause) });
  };
  const take = ({ state, from, rows }: RunNews) =>
    store.setState((before) => {
      const isSame = before.run?.run.id === state.run.id;
      // News of a run that is not open any more.
      if (!isSame && from > 0) return before;
      return {
        run: state,
        rows: from === before.rows.length && rows.length === 0 ? before.rows : [...before.rows.slice(0, from), ...rows],
        looked: isSame && (before.looked?.step ?? 0) <= state.step ? before.looked : null,
        resumable: null,
      };
    });
  /** A short call; what goes wrong is shown. */
  const ask = async <N extends CallName>(call: N, input: Input<N>): Promise<Output<N> | null> => {
    try {
      return client === null ? null : await client.call(call, input);
    } catch (cause) {
      fail(cause);
      return null;
    }
  };
  const offer = async () => {
    const list = await ask('storage/list', null);
    const last = list?.runs[0];
    const isFree = last !== undefined && last.activity !== 'running' && last.problem === null;
    if (store.getState().run === null) store.setState({ resumable: isFree ? last : null });
  };
  /** A long call that ends with another state of the run; one at a time. */
  const enter = async <N extends 'train/start' | 'train/open' | 'train/rewind' | 'train/fork'>(
    call: N,
    input: Input<N>,
  ): Promise<boolean> => {
    if (client === null || abort !== null) return false;
    const asked = client;
    const controller = new AbortController();
    abort = controller;
    store.setState({ busy: 'Waiting for the stage under way', failure: null });
    try {
      const options = { signal: controller.signal, onProgress: (busy: string) => store.setState({ busy }) };
      take((await asked.call<'train/start'>(call as 'train/start', input as Input<'train/start'>, options)) as RunNews);
      return true;
    } catch (cause) {
      if (asked === client) {
        fail(cause);
        const now = await ask('train/state', null);
        if (now !== null) take(now);
        else {
          store.setState(NOTHING);
          await offer();
        }
      }
      return false;
    } finally {
      abort = null;
      store.setState({ busy: null });
    }
  };
  return {
    ...store,
    attach: (attached) => {
      const open = store.getState().run?.run.id;
      client = attached;
      abort = null;
      store.setState({ busy: null });
      attached.on('train/news', (news) => client === attached && take(news));
      // The worker before this one is gone, and what it had open is as it was last saved.
      if (open === undefined) void offer();
      else {
        store.setState(NOTHING);
        void enter('train/open', { run: open });
      }
    },
    start: (config, policy, name = null) => enter('train/start', { config, policy, name }),
    open: (run) => enter('train/open', { run }),
    close: async () => {
      await ask('train/close', null);
      store.setState(NOTHING);
      await offer();
    },
    play: (until) => {
      wasPaused = false;
      store.setState({ failure: null });
      void ask('train/play', { until });
    },
    pause: () => {
      void ask('train/pause', { now: wasPaused });
      wasPaused = true;
    },
    change: (change) => void ask('train/change', change),
    keep: async (label) => void (await ask('train/keep', { label })),
    removeCheckpoint: async (step) => void (await ask('train/remove-checkpoint', { step })),
    rewind: (step) => enter('train/rewind', { step }),
    fork: (step, name = null) => enter('train/fork', { step, name }),
    setRolloutBudget: async (bytes) => void (await ask('train/rollout-budget', { bytes })),
    look: async (step) => {
      if (step === null) {
        store.setState({ looked: null });
        return;
      }
      const run = store.getState().run?.run.id;
      const records = await ask('train/rollouts', { step });
      if (store.getState().run?.run.id === run) store.setState({ looked: { step, records } });
    },
    cancel: () => abort?.abort(),
    dismiss: () => store.setState({ failure: null }),
  };
}

function statusOf(state: RunState | null): RunStatus {
  if (state === null) return NO_RUN;
  const { phase, step, notice, saved, config } = state;
  return {
    phase: phase === 'recovering' ? 'running' : phase,
    step,
    detail: phase === 'recovering' ? 'putting the run on a new GPU' : (notice ?? (saved.saved ? null : saved.why)),
    appliedConfig: config,
  };
}
