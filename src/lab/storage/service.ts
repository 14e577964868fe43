// The worker's side of what is stored: listed, sized, renamed, deleted, and as files.

import type { Service } from '../call.ts';
import type { ExperimentLibrary, ExperimentRecord } from '../experiments/library.ts';
import type { ModelExperimentLibrary, ModelExperimentRecord } from '../real/experiments/library.ts';
import type { ExperimentSize, StorageCalls } from './calls.ts';
import { StorageError } from './errors.ts';
import type { PolicyLibrary } from './policyLibrary.ts';
import type { RunLibrary } from './runLibrary.ts';
import { storageUsage } from './usage.ts';

export interface StorageParts {
  readonly runs: RunLibrary;
  readonly policies: PolicyLibrary;
  /** Whose `remove` pauses what runs in this tab. */
  readonly experiments: Pick<ExperimentLibrary, 'list' | 'remove'>;
  readonly modelExperiments: Pick<ModelExperimentLibrary, 'list' | 'remove'>;
}

export function storageService({
  runs: library,
  policies,
  experiments,
  modelExperiments,
}: StorageParts): Service<StorageCalls> {
  let swept: Promise<void> | null = null;
  return {
    'storage/list': async () => {
      // What another visit left half made. It is not listed, so if it cannot be deleted that is no reason to list nothing.
      swept ??= library.sweep().catch(() => undefined);
      await swept;
      const [runs, made, tried, asked, usage] = await Promise.all([
        library.list(),
        policies.list(),
        experiments.list(),
        modelExperiments.list(),
        storageUsage(),
      ]);
      return {
        runs,
        policies: made,
        experiments: tried.map(sizeOf),
        modelExperiments: asked.map(modelSizeOf),
        usage,
      };
    },
    'storage/rename-run': async ({ run, name }) => {
      await library.rename(run, name);
      return null;
    },
    'storage/remove-run': async ({ run }) => {
      await library.remove(run);
      return null;
    },
    'storage/remove-policy': async ({ policy }) => {
      await policies.remove(policy);
      return null;
    },
    'storage/remove-all': async () => {
      const runs = (await library.list()).map(({ run }) => run.id);
      const tried = (await experiments.list()).map(({ stored }) => stored.id);
      const asked = (await modelExperiments.list()).map(({ stored }) => stored.id);
      const left = {
        runs: await leftOf(runs, (id) => library.remove(id)),
        experiments: await leftOf(tried, (id) => experiments.remove(id)),
        modelExperiments: await leftOf(asked, (id) => modelExperiments.remove(id)),
      };
      for (const { id } of await policies.list()) await policies.remove(id);
      return left;
    },
    'storage/export-run': async ({ run }, { signal, progress }) => {
      const { exportRun } = await import('./exportRun.ts');
      return exportRun(library, run, { signal, onProgress: progress });
    },
    'storage/import-run': async ({ file }, { signal, progress }) => {
      const { importRun } = await import('./importRun.ts');
      return { run: await importRun(library, file, { signal, onProgress: progress }) };
    },
  };
}

/** Removes one after the other. @returns how many are open somewhere and were left */
async function leftOf(ids: readonly string[], remove: (id: string) => Promise<void>): Promise<number> {
  let left = 0;
  for (const id of ids)
    await remove(id).catch((cause: unknown) => {
      if (!(cause instanceof StorageError)) throw cause;
      left++;
    });
  return left;
}

function sizeOf({ stored: { id, definition, createdAt }, cells, bytes }: ExperimentRecord): ExperimentSize {
  return { id, name: definition.name, createdAt, cells, bytes };
}

function modelSizeOf({ stored: { id, experiment, createdAt }, cells, bytes }: ModelExperimentRecord): ExperimentSize {
  return { id, name: experiment.name, createdAt, cells, bytes };
}
