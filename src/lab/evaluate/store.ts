// The Evaluate room's state: which policies at which temperatures, and what was measured of each pair.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Evaluation } from '../../grpo/evaluation.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import { taskByName, tasks } from '../../tasks/index.ts';
import type { SamplerConfigInput } from '../../temperature/config.ts';
import type { LabClient } from '../client.ts';
import type { PolicyRef } from '../engine/policyRef.ts';
import type { EvaluationOrder } from './calls.ts';

/** A row of the matrix. */
export interface Contestant {
  readonly policy: PolicyRef;
  /** What it does. */
  readonly task: string;
  readonly name: string;
}

export function contestant(policy: PolicyRef, task: string, name: string): Contestant {
  return { policy, task, name: policy.kind === 'base' ? `${taskByName(task).title} base` : name };
}

/** A column of the matrix: one temperature, or the rule that training samples with. */
export type Column = { readonly kind: 'tau'; readonly tau: number } | { readonly kind: 'rule' };

export interface Plan {
  readonly rows: readonly Contestant[];
  readonly columns: readonly Column[];
  readonly n: number;
  readonly prompts: number;
  readonly seed: number;
  /** top-p of the fixed temperatures; 1: off. The authors evaluate at .6 with .95. */
  readonly topP: number;
}

export interface Cell {
  readonly evaluation: Evaluation;
  /** What it was measured with; a plan changed since then may ask for something else. */
  readonly order: EvaluationOrder;
}

export interface EvaluateState {
  readonly plan: Plan;
  /** By cellKey. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Base policies by task, for the entropy distributions. */
  readonly domains: ReadonlyMap<string, Cell>;
  readonly running: {
    /** What is measured now, in words. */
    readonly what: string;
    /** In [0, 1], over everything that was asked. */
    readonly done: number;
  } | null;
  /** One sentence. */
  readonly failure: string | null;
}

export const FIRST_PLAN: Plan = {
  rows: [],
  columns: [{ kind: 'tau', tau: 0.6 }, { kind: 'tau', tau: 1 }, { kind: 'rule' }],
  n: 16,
  prompts: 64,
  seed: 0,
  topP: 1,
};

/** Prompts and rollouts of each task in the entropy survey: enough tokens for a histogram. */
const SURVEY = { prompts: 64, n: 4 };

export const columnName = (column: Column) => (column.kind === 'rule' ? 'training rule' : `τ ${column.tau}`);

export function cellKey(row: Contestant, column: Column): string {
  return JSON.stringify([row.policy, column]);
}

/** 1, 4, 16 … up to n, and n itself. */
export function passCounts(n: number): number[] {
  const counts: number[] = [];
  for (let k = 1; k < n; k *= 4) counts.push(k);
  return [...counts, n];
}

export function samplerOf(column: Column, config: RunConfig, topP: number): SamplerConfigInput {
  if (column.kind === 'rule') return config.sampler;
  return {
    ...config.sampler,
    temperature: { rule: 'fixed', tau: column.tau },
    ladder: {},
    truncation: { topP },
  };
}

export interface EvaluateStore extends StoreApi<EvaluateState> {
  readonly attach: (client: LabClient) => void;
  readonly change: (change: Partial<Plan>) => void;
  /** Leaves out the policies of other tasks; where none is left, the base that comes with the page takes their place. */
  readonly takeTask: (task: string) => void;
  /** Measures every cell of the plan that is not measured yet with these settings. */
  readonly run: (config: RunConfig) => Promise<void>;
  /** Measures the entropies of every task's base at temperature 1. */
  readonly survey: (config: RunConfig) => Promise<void>;
  readonly cancel: () => void;
  readonly dismiss: () => void;
}

/** One thing to measure. */
interface Job {
  readonly what: string;
  readonly order: EvaluationOrder;
  readonly keep: (cell: Cell) => void;
}

export function createEvaluateStore(): EvaluateStore {
  const store = createStore<EvaluateState>()(() => ({
    plan: FIRST_PLAN,
    cells: new Map(),
    domains: new Map(),
    running: null,
    failure: null,
  }));
  let client: LabClient | null = null;
  let abort: AbortController | null = null;

  const measure = async (jobs: readonly Job[]) => {
    if (client === null || abort !== null) return;
    const controller = new AbortController();
    abort = controller;
    store.setState({ failure: null });
    try {
      for (const [i, { what, order, keep }] of jobs.entries()) {
        const say = (done: number) => store.setState({ running: { what, done: (i + done) / jobs.length } });
        say(0);
        const evaluation = await client.call('evaluate/run', order, { signal: controller.signal, onProgress: say });
        keep({ evaluation, order });
      }
    } catch (cause) {
      if (!controller.signal.aborted)
        store.setState({ failure: cause instanceof Error ? cause.message : String(cause) });
    } finally {
      abort = null;
      store.setState({ running: null });
    }
  };

  return {
    ...store,
    attach: (attached) => {
      abort?.abort();
      client = attached;
    },
    change: (change) => store.setState(({ plan }) => ({ plan: { ...plan, ...change } })),
    takeTask: (task) =>
      store.setState(({ plan }) => {
        const rows = plan.rows.filter((row) => row.task === task);
        if (rows.length === plan.rows.length && rows.length > 0) return {};
        const base = contestant({ kind: 'base', task }, task, '');
        return { plan: { ...plan, rows: rows.length === 0 ? [base] : rows } };
      }),
    run: (config) => {
      const { plan, cells } = store.getState();
      const jobs = plan.rows.flatMap((row) =>
        plan.columns.map((column): Job => {
          const key = cellKey(row, column);
          return {
            what: `${row.name} at ${columnName(column)}`,
            order: orderOf(plan, row, column, config),
            keep: (cell) => store.setState((state) => ({ cells: new Map(state.cells).set(key, cell) })),
          };
        }),
      );
      const isNew = ({ order }: Job, i: number) => {
        const row = plan.rows[Math.floor(i / plan.columns.length)]!;
        const known = cells.get(cellKey(row, plan.columns[i % plan.columns.length]!));
        return JSON.stringify(known?.order) !== JSON.stringify(order);
      };
      return measure(jobs.filter(isNew));
    },
    survey: (config) =>
      measure(
        tasks.map((task): Job => {
          const row = contestant({ kind: 'base', task: task.name }, task.name, '');
          const own = {
            task: task.name,
            difficulty: Object.keys(task.difficulties)[0]!,
            maxNewTokens: task.maxCompletion,
          };
          const plan = { ...FIRST_PLAN, ...SURVEY };
          return {
            what: task.title,
            order: { ...orderOf(plan, row, { kind: 'tau', tau: 1 }, config), ...own },
            keep: (cell) => store.setState((state) => ({ domains: new Map(state.domains).set(task.name, cell) })),
          };
        }),
      ),
    cancel: () => abort?.abort(),
    dismiss: () => store.setState({ failure: null }),
  };
}

function orderOf(plan: Plan, { policy }: Contestant, column: Column, config: RunConfig): EvaluationOrder {
  const { n, prompts, seed, topP } = plan;
  const { task, difficulty, maxNewTokens } = config;
  const sampler = samplerOf(column, config, topP);
  return { policy, task, difficulty, maxNewTokens, sampler, n, k: passCounts(n), prompts, seed };
}
