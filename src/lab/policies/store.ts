// The page's side of what this browser keeps: runs, their checkpoints, policies of its own; and which of them a new run
// starts from.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabClient } from '../client.ts';
import { type PolicyRef, samePolicy } from '../engine/policyRef.ts';
import type { LeftThere, StorageList } from '../storage/calls.ts';
import type { ExportedModel, Opened, PickedFile, PolicyChoices } from './calls.ts';

/** A file to hand to the reader. */
export interface FileForReader {
  readonly name: string;
  readonly file: Blob;
}

export interface ShelfState {
  /** Null until it was first asked for. */
  readonly list: StorageList | null;
  /** What can be chosen beside the bases that come with the page. */
  readonly choices: PolicyChoices;
  /** What a new run of a task starts from, where that is not the base that comes with the page. */
  readonly starts: ReadonlyMap<string, PolicyRef>;
  /** What is being done that the reader waits for; share null: not known. */
  readonly busy: { readonly what: string; readonly share: number | null } | null;
  /** What went well, in one sentence. */
  readonly said: string | null;
  /** What went wrong, in one sentence. */
  readonly failure: string | null;
}

export interface ShelfStore extends StoreApi<ShelfState> {
  readonly attach: (client: LabClient) => void;
  /** Looks again at what is stored. */
  readonly refresh: () => Promise<void>;
  readonly renameRun: (run: string, name: string) => Promise<void>;
  readonly removeRun: (run: string) => Promise<void>;
  readonly removePolicy: (policy: string) => Promise<void>;
  /** An experiment on a language model. */
  readonly removeModelExperiment: (id: string) => Promise<void>;
  readonly removeAll: () => Promise<void>;
  /** Null: it failed, or was given up. */
  readonly exportRun: (run: string) => Promise<FileForReader | null>;
  readonly exportPolicy: (policy: string) => Promise<FileForReader | null>;
  /** Definition and findings of an experiment on a language model. Null: it failed. */
  readonly saveModelExperiment: (id: string) => Promise<FileForReader | null>;
  /** Any policy as a model for other programs; what was checked is said. Null: it failed, or was given up. */
  readonly exportModel: (policy: PolicyRef) => Promise<FileForReader | null>;
  /** Null: it failed, or was given up. */
  readonly open: (files: readonly PickedFile[], task: string) => Promise<Opened | null>;
  readonly startOf: (task: string) => PolicyRef;
  readonly startFrom: (task: string, policy: PolicyRef) => void;
  /** Gives up what is being done. */
  readonly cancel: () => void;
  readonly dismiss: () => void;
}

/** What a new run of a task starts from. */
export const startOf = ({ starts }: Pick<ShelfState, 'starts'>, task: string): PolicyRef =>
  starts.get(task) ?? { kind: 'base', task };

export function createShelfStore(): ShelfStore {
  const store = createStore<ShelfState>()(() => ({
    list: null,
    choices: { own: [], runs: [] },
    starts: new Map(),
    busy: null,
    said: null,
    failure: null,
  }));
  const { getState, setState } = store;
  let client: LabClient | null = null;
  let abort: AbortController | null = null;

  const fail = (cause: unknown) => setState({ failure: cause instanceof Error ? cause.message : String(cause) });

  const refresh = async () => {
    const asked = client;
    if (asked === null) return;
    try {
      const [list, choices] = await Promise.all([asked.call('storage/list', null), asked.call('policies/list', null)]);
      if (asked !== client) return;
      const isThere = (policy: PolicyRef) =>
        policy.kind === 'base' || policiesOf(choices).some((known) => samePolicy(known, policy));
      const starts = new Map([...getState().starts].filter(([, policy]) => isThere(policy)));
      setState({ list, choices, starts });
    } catch (cause) {
      if (asked === client) fail(cause);
    }
  };
  /** One thing at a time; what goes wrong is shown. */
  const work = async <T>(
    what: string,
    job: (client: LabClient, options: { signal: AbortSignal; onProgress: (share: number) => void }) => Promise<T>,
  ): Promise<T | null> => {
    if (client === null || abort !== null) return null;
    const controller = new AbortController();
    abort = controller;
    setState({ busy: { what, share: null }, said: null, failure: null });
    try {
      return await job(client, {
        signal: controller.signal,
        onProgress: (share) => setState({ busy: { what, share } }),
      });
    } catch (cause) {
      if (!controller.signal.aborted) fail(cause);
      return null;
    } finally {
      abort = null;
      setState({ busy: null });
      await refresh();
    }
  };

  return {
    ...store,
    attach: (attached) => {
      abort?.abort();
      client = attached;
      void refresh();
    },
    refresh,
    renameRun: async (run, name) =>
      void (await work('Renaming the run', (line) => line.call('storage/rename-run', { run, name }))),
    removeRun: async (run) => void (await work('Deleting the run', (line) => line.call('storage/remove-run', { run }))),
    removePolicy: async (policy) =>
      void (await work('Deleting the policy', (line) => line.call('storage/remove-policy', { policy }))),
    removeModelExperiment: async (id) =>
      void (await work('Deleting the experiment', (line) => line.call('model-experiment/remove', { id }))),
    removeAll: async () => {
      const done = await work('Deleting everything', (line) => line.call('storage/remove-all', null));
      if (done === null) return;
      setState({ said: removedText(done) });
    },
    exportRun: (run) => work('Packing the run', (line, options) => line.call('storage/export-run', { run }, options)),
    exportPolicy: (policy) =>
      work('Packing the policy', (line, { signal }) => line.call('policies/export', { policy }, { signal })),
    saveModelExperiment: (id) =>
      work('Packing the results', (line, { signal }) =>
        line.call('model-experiment/save', { id, what: 'experiment' }, { signal }),
      ),
    exportModel: async (policy) => {
      const exported = await work('Exporting, and checking with transformers.js', (line, options) =>
        line.call('policies/export-model', { policy }, options),
      );
      if (exported !== null) setState({ said: exportedText(exported) });
      return exported;
    },
    open: async (files, task) => {
      const opened = await work('Opening', (line, options) => line.call('policies/open', { files, task }, options));
      if (opened !== null) setState({ said: openedText(opened, getState()) });
      return opened;
    },
    startOf: (task) => startOf(getState(), task),
    startFrom: (task, policy) => setState(({ starts }) => ({ starts: new Map(starts).set(task, policy) })),
    cancel: () => abort?.abort(),
    dismiss: () => setState({ said: null, failure: null }),
  };
}

/** All that can be chosen, of every task. */
export function policiesOf({ own, runs }: PolicyChoices): PolicyRef[] {
  return [
    ...own.map(({ id }) => ({ kind: 'own', id }) as const),
    ...runs.flatMap(({ run, checkpoints }) =>
      checkpoints.map(({ step }) => ({ kind: 'checkpoint', run, step }) as const),
    ),
  ];
}

/** What a policy is called; null when it is not there any more. */
export function policyName(policy: PolicyRef, { own, runs }: PolicyChoices): string | null {
  switch (policy.kind) {
    case 'base':
      return 'base that comes with the page';
    case 'own':
      return own.find(({ id }) => id === policy.id)?.name ?? null;
    case 'checkpoint': {
      const run = runs.find(({ run: id }) => id === policy.run);
      return run === undefined ? null : `${run.name}, step ${policy.step}`;
    }
  }
}

function exportedText({ name, largestDifference, positions }: ExportedModel): string {
  return `${name} is ready: transformers.js loaded it, and its logits differ from the policy’s by at most ${largestDifference.toExponential(1)} at ${positions} tokens.`;
}

function removedText({ runs, experiments, modelExperiments }: LeftThere): string {
  const left = [
    ...(runs === 0
      ? []
      : [`${runs === 1 ? 'a run that is' : `${runs} runs that are`} open: close it in the Train room first`]),
    ...(experiments === 0
      ? []
      : [
          `${experiments === 1 ? 'an experiment that runs' : `${experiments} experiments that run`} in another tab: pause it there first`,
        ]),
    ...(modelExperiments === 0
      ? []
      : [
          `${modelExperiments === 1 ? 'an experiment on a language model that is' : `${modelExperiments} experiments on language models that are`} being run: pause it first`,
        ]),
  ];
  return left.length === 0 ? 'Everything was deleted.' : `Everything was deleted but ${left.join('; and ')}.`;
}

function openedText(opened: Opened, { list }: ShelfState): string {
  if (opened.kind === 'policy') return `“${opened.policy.name}” was opened as a policy for ${opened.policy.task}.`;
  const run = list?.runs.find(({ run: { id } }) => id === opened.run)?.run;
  return run === undefined ? 'The run was opened.' : `The run “${run.name}” with ${run.step} steps was opened.`;
}
