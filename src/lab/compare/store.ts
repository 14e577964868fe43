// The page's side of comparing runs: every stored run with its metrics, the one that is trained now as it goes, and what
// the reader looks at. It looks while the room is open.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SeedStatistic } from '../../experiments/seedStatistics.ts';
import type { LabClient } from '../client.ts';
import type { Activity, RunSummary } from '../storage/runLibrary.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { TrainStore } from '../train/store.ts';
import { liveCurves, NO_CURVES, type RunCurves, storedCurves } from './curves.ts';
import type { Best } from './measured.ts';
import { FIRST_METRICS } from './metrics.ts';
import { remember, remembered } from './remembered.ts';

/** Other tabs train and delete too: so often is looked for that. */
const LOOK_AGAIN_MS = 3000;
/** More lines than this at first would be a thicket. */
const MOST_SHOWN_AT_FIRST = 12;

export interface ComparedRun {
  readonly run: StoredRun;
  readonly activity: Activity;
  /** Why it cannot be opened; it is compared all the same. */
  readonly problem: string | null;
  readonly curves: RunCurves;
  /** False until its metrics have been read. */
  readonly isRead: boolean;
  /** Number of its style, its own as long as it is stored. */
  readonly index: number;
}

export interface CompareState {
  /** Newest first; null before the first look. */
  readonly runs: readonly ComparedRun[] | null;
  readonly hidden: ReadonlySet<string>;
  /** What went wrong, in one sentence. */
  readonly failure: string | null;
  /** What happened unasked, in one sentence. */
  readonly said: string | null;
  /** Of the table. */
  readonly metric: string;
  readonly best: Best;
  /** null: the last step that all shown runs have. */
  readonly atStep: number | null;
  /** Of the charts. */
  readonly charts: readonly string[];
  readonly isGrouped: boolean;
  readonly statistic: SeedStatistic;
  readonly hasMarks: boolean;
  /** At most two runs, in the order in which they were chosen. */
  readonly chosen: readonly string[];
}

type Choices = Pick<
  CompareState,
  'metric' | 'best' | 'atStep' | 'charts' | 'isGrouped' | 'statistic' | 'hasMarks' | 'chosen'
>;

export interface CompareStore extends StoreApi<CompareState> {
  readonly attach: (client: LabClient) => void;
  /** Looks now and from time to time, until the returned function is called. */
  readonly watch: () => () => void;
  readonly refresh: () => Promise<void>;
  readonly show: (runs: readonly string[], isShown: boolean) => void;
  /** Chooses a run for the comparison of two, or no longer; of three the first goes. */
  readonly choose: (run: string) => void;
  readonly change: (choices: Partial<Choices>) => void;
  readonly dismiss: () => void;
}

interface Read {
  /** Of the stored run when it was read. */
  readonly usedAt: number;
  readonly curves: RunCurves;
}

export function createCompareStore(train: TrainStore): CompareStore {
  const kept = remembered();
  const store = createStore<CompareState>()(() => ({
    runs: null,
    hidden: new Set(kept.hidden),
    failure: null,
    said: null,
    metric: 'reward',
    best: 'highest',
    atStep: null,
    charts: FIRST_METRICS,
    isGrouped: false,
    statistic: 'mean',
    hasMarks: true,
    chosen: [],
  }));
  const { getState, setState } = store;
  const styles = new Map(Object.entries(kept.styles));
  const read = new Map<string, Read>();
  let client: LabClient | null = null;
  let list: readonly RunSummary[] | null = null;
  let watchers = 0;
  let looking: Promise<void> | null = null;

  /** The run that is trained in this tab, as it stands. */
  const live = () => {
    const state = train.getState();
    return state.run === null ? null : { id: state.run.run.id, state, running: state.run };
  };
  const curvesOf = ({ id }: StoredRun): RunCurves | null => {
    const now = live();
    return now?.id === id ? liveCurves(now.state) : (read.get(id)?.curves ?? null);
  };
  const publish = () => {
    if (list === null) return;
    const now = live();
    const runs = list.map(({ run, activity, problem }): ComparedRun => {
      const isLive = now?.id === run.id;
      const curves = curvesOf(run);
      return {
        run: isLive ? { ...now.running.run, step: now.running.step } : run,
        activity: isLive ? (now.running.phase === 'running' ? 'running' : 'paused') : activity,
        problem,
        curves: curves ?? NO_CURVES,
        isRead: curves !== null,
        index: styles.get(run.id)!,
      };
    });
    setState({ runs });
  };
  /** Every run gets the first style that no stored run has, the oldest first; what was deleted gives its own back. */
  const giveStyles = (runs: readonly StoredRun[]) => {
    const ids = new Set(runs.map(({ id }) => id));
    for (const id of styles.keys()) if (!ids.has(id)) styles.delete(id);
    for (const { id } of [...runs].sort((a, b) => a.createdAt - b.createdAt)) {
      if (styles.has(id)) continue;
      const taken = new Set(styles.values());
      let free = 0;
      while (taken.has(free)) free++;
      styles.set(id, free);
    }
  };
  const save = () => remember({ styles: Object.fromEntries(styles), hidden: [...getState().hidden] });

  const takeList = (found: readonly RunSummary[]) => {
    const before = list;
    list = [...found].sort((a, b) => b.run.createdAt - a.run.createdAt);
    const ids = new Set(list.map(({ run }) => run.id));
    const gone = (before ?? []).filter(({ run }) => !ids.has(run.id));
    const isNew = list.some(({ run }) => !styles.has(run.id));
    const { hidden, chosen } = getState();
    const added = before === null ? list.filter(({ run }) => !styles.has(run.id)) : [];
    giveStyles(list.map(({ run }) => run));
    const nowHidden = [...hidden, ...added.slice(MOST_SHOWN_AT_FIRST).map(({ run }) => run.id)].filter((id) =>
      ids.has(id),
    );
    for (const { run } of gone) read.delete(run.id);
    setState({
      failure: null,
      hidden: new Set(nowHidden),
      chosen: chosen.filter((id) => ids.has(id)),
      ...(gone.length > 0 && { said: goneText(gone.map(({ run }) => run.name)) }),
    });
    if (isNew || gone.length > 0) save();
  };
  const look = async (): Promise<void> => {
    const asked = client;
    if (asked === null) return;
    try {
      takeList(await asked.call('compare/list', null));
      publish();
      for (const { run } of list ?? []) {
        if (asked !== client) return;
        if (live()?.id === run.id || read.get(run.id)?.usedAt === run.usedAt) continue;
        const curves = await asked.call('compare/curves', { run: run.id });
        // Deleted since it was listed: the next look says so.
        if (curves === null) continue;
        read.set(run.id, { usedAt: run.usedAt, curves: storedCurves(curves) });
        publish();
      }
    } catch (cause) {
      if (asked === client) setState({ failure: cause instanceof Error ? cause.message : String(cause) });
    }
  };
  const refresh = () => {
    if (looking !== null) return looking;
    const mine = look().finally(() => {
      if (looking === mine) looking = null;
    });
    looking = mine;
    return mine;
  };

  train.subscribe((now, before) => {
    if (watchers === 0 || (now.run === before.run && now.rows === before.rows)) return;
    // Another run, or one that was closed, renamed or forked.
    if (now.run?.run.id !== before.run?.run.id || now.run?.run.name !== before.run?.run.name) void refresh();
    else if (now.rows !== before.rows || now.run?.phase !== before.run?.phase) publish();
  });

  return {
    ...store,
    attach: (attached) => {
      client = attached;
      looking = null;
      read.clear();
      if (watchers > 0) void refresh();
    },
    watch: () => {
      watchers++;
      void refresh();
      const timer = setInterval(() => {
        if (typeof document === 'undefined' || !document.hidden) void refresh();
      }, LOOK_AGAIN_MS);
      return () => {
        watchers--;
        clearInterval(timer);
      };
    },
    refresh,
    show: (runs, isShown) => {
      const hidden = new Set(getState().hidden);
      for (const id of runs) {
        if (isShown) hidden.delete(id);
        else hidden.add(id);
      }
      setState({ hidden });
      save();
    },
    choose: (run) => {
      const { chosen } = getState();
      setState({ chosen: chosen.includes(run) ? chosen.filter((id) => id !== run) : [...chosen, run].slice(-2) });
    },
    change: (choices) => setState(choices),
    dismiss: () => setState({ failure: null, said: null }),
  };
}

function goneText(names: readonly string[]): string {
  const quoted = names.map((name) => `“${name}”`);
  return names.length === 1
    ? `The run ${quoted[0]} was deleted, here or in another tab.`
    : `${names.length} runs were deleted, here or in another tab: ${quoted.join(', ')}.`;
}
