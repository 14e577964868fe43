// Problems whose answers can be verified: those that this project wrote, a reader's file, or a set of the hub.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type HubProblems, readHubProblems } from '../../llm/problems/hub.ts';
import type { Problem } from '../../llm/problems/problem.ts';
import { readProblems } from '../../llm/problems/problemFile.ts';

export interface ProblemSet {
  readonly name: string;
  readonly problems: readonly Problem[];
  /** One sentence for every row that was left out. */
  readonly faults: readonly string[];
}

export interface ShelfState {
  /** null: none was opened. */
  readonly set: ProblemSet | null;
  /** What is being fetched or read; null: nothing. */
  readonly opening: string | null;
  /** Why the last one was not opened; one sentence. */
  readonly refusal: string | null;
}

export interface ProblemShelf extends StoreApi<ShelfState> {
  readonly openWritten: () => Promise<void>;
  /** JSONL, JSON or parquet. */
  readonly openFile: (file: File) => Promise<void>;
  /** Asks the hub for one file. */
  readonly openHub: (set: HubProblems) => Promise<void>;
  readonly cancel: () => void;
}

export function createProblemShelf(): ProblemShelf {
  const store = createStore<ShelfState>()(() => ({ set: null, opening: null, refusal: null }));
  const { setState } = store;
  let abort = new AbortController();

  const open = async (name: string, read: (signal: AbortSignal) => Promise<Omit<ProblemSet, 'name'>>) => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    setState({ opening: name, refusal: null });
    try {
      const { problems, faults } = await read(signal);
      if (!signal.aborted) setState({ set: { name, problems, faults }, opening: null });
    } catch (cause) {
      if (signal.aborted) return;
      setState({ opening: null, refusal: cause instanceof Error ? cause.message : String(cause) });
    }
  };

  return {
    ...store,
    openWritten: () =>
      open('problems of this project', async () => {
        const { WRITTEN_PROBLEMS } = await import('../../llm/problems/writtenProblems.ts');
        return { problems: WRITTEN_PROBLEMS, faults: [] };
      }),
    openFile: (file) => open(file.name, () => readProblems(file.name, file)),
    openHub: (set) => open(set.title, (signal) => readHubProblems(set, { signal })),
    cancel: () => {
      abort.abort();
      setState({ opening: null });
    },
  };
}
