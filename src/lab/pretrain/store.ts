// The page's side of making a base: what is asked for, how it goes, and what came of it.
//
//   idle -> learning -> keeping -> made
//             \-> stopped: keep it, go on, or throw it away

import { createStore, type StoreApi } from 'zustand/vanilla';
import { parsePretrainConfig } from '../../grpo/pretrainConfig.ts';
import type { LabClient } from '../client.ts';
import type { MadeBase, PretrainRate } from './calls.ts';
import { type Draft, draftOf, rateKey, settingsOf } from './draft.ts';

export type PretrainPhase = 'idle' | 'rating' | 'learning' | 'stopped' | 'keeping' | 'made';

export interface PretrainState {
  readonly draft: Draft;
  readonly phase: PretrainPhase;
  /** Speeds that were measured here, by rateKey. */
  readonly rates: ReadonlyMap<string, PretrainRate>;
  /** Steps taken. */
  readonly step: number;
  /** Loss of each step so far, nats a token; a new array with every news. */
  readonly lossNats: readonly number[];
  /** Share of the evaluation that is done. */
  readonly measured: number;
  readonly made: MadeBase | null;
  /** One sentence. */
  readonly failure: string | null;
}

export interface PretrainStore extends StoreApi<PretrainState> {
  readonly attach: (client: LabClient) => void;
  /** Another task brings its own recipe. Possible while nothing is learned. */
  readonly chooseTask: (task: string) => void;
  readonly change: (change: Partial<Omit<Draft, 'task'>>) => void;
  /** Measures how long a step is. */
  readonly rate: () => Promise<void>;
  readonly begin: () => Promise<void>;
  /** Goes on from where it was stopped. */
  readonly goOn: () => Promise<void>;
  /** Stops learning, measuring or rating. */
  readonly stop: () => void;
  /** Measures and stores what was learned. */
  readonly keep: () => Promise<void>;
  /** Forgets what was learned, or what came of it. */
  readonly reset: () => void;
  readonly dismiss: () => void;
}

const NOTHING = { phase: 'idle', step: 0, lossNats: [], measured: 0, made: null } as const;

/** @param task of the first draft */
export function createPretrainStore(task: string): PretrainStore {
  const store = createStore<PretrainState>()(() => ({
    ...NOTHING,
    draft: draftOf(task),
    rates: new Map(),
    failure: null,
  }));
  const { getState, setState } = store;
  let client: LabClient | null = null;
  let abort: AbortController | null = null;

  /** A long call. When it fails, the phase is `otherwise`. */
  const work = async (
    phase: PretrainPhase,
    otherwise: () => PretrainPhase,
    job: (client: LabClient, signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    if (client === null || abort !== null) return;
    const asked = client;
    const controller = new AbortController();
    abort = controller;
    setState({ phase, failure: null });
    try {
      await job(asked, controller.signal);
    } catch (cause) {
      if (asked !== client) return;
      const isAbort = cause instanceof DOMException && cause.name === 'AbortError';
      const failure = isAbort ? null : cause instanceof Error ? cause.message : String(cause);
      setState({ phase: otherwise(), failure });
    } finally {
      if (abort === controller) abort = null;
    }
  };
  const remember = (rate: PretrainRate | null) => {
    if (rate !== null) setState(({ rates, draft }) => ({ rates: new Map(rates).set(rateKey(draft), rate) }));
  };
  const keep = () =>
    work(
      'keeping',
      () => 'stopped',
      async (line, signal) => {
        setState({ measured: 0 });
        const { name } = getState().draft;
        const made = await line.call(
          'pretrain/keep',
          { name: name.trim() === '' ? null : name.trim() },
          { signal, onProgress: (measured) => setState({ measured }) },
        );
        setState({ phase: 'made', made });
      },
    );
  const learn = async (goesOn: boolean) => {
    await work(
      'learning',
      () => 'idle',
      async (line, signal) => {
        const config = parsePretrainConfig(settingsOf(getState().draft));
        if (!goesOn) setState({ ...NOTHING, phase: 'learning' });
        const { stepsTaken } = await line.call(
          'pretrain/learn',
          { config, goesOn },
          {
            signal,
            onProgress: ({ step, lossNats, rate }) => {
              remember(rate);
              setState((before) => ({
                step,
                lossNats: [...before.lossNats.slice(0, step - lossNats.length), ...lossNats],
              }));
            },
          },
        );
        setState({ phase: stepsTaken === 0 ? 'idle' : 'stopped', step: stepsTaken });
      },
    );
    const { phase, step, draft } = getState();
    if (phase === 'stopped' && step === draft.steps) await keep();
  };
  const isFree = () => ['idle', 'made'].includes(getState().phase);

  return {
    ...store,
    attach: (attached) => {
      abort?.abort();
      abort = null;
      // What the worker before this one had learned went with it.
      if (!isFree()) setState({ ...NOTHING, failure: 'The engine was started again: what was learned is gone.' });
      client = attached;
    },
    chooseTask: (name) => {
      if (isFree()) setState({ ...NOTHING, draft: { ...draftOf(name), seed: getState().draft.seed } });
    },
    change: (change) => {
      if (isFree()) setState(({ draft }) => ({ ...NOTHING, draft: { ...draft, ...change } }));
    },
    rate: () =>
      work(
        'rating',
        () => 'idle',
        async (line, signal) => {
          remember(await line.call('pretrain/rate', { config: settingsOf(getState().draft) }, { signal }));
          setState({ ...NOTHING });
        },
      ),
    begin: () => learn(false),
    goOn: () => learn(true),
    stop: () => abort?.abort(),
    keep,
    reset: () => {
      if (abort === null) setState({ ...NOTHING, failure: null });
    },
    dismiss: () => setState({ failure: null }),
  };
}
