// The worker's side of what is stored: listed, sized, renamed, deleted, and as files.

import type { Service } from '../call.ts';
import type { StorageCalls } from './calls.ts';
import { StorageError } from './errors.ts';
import type { PolicyLibrary } from './policyLibrary.ts';
import type { RunLibrary } from './runLibrary.ts';
import { storageUsage } from './usage.ts';

export function storageService(library: RunLibrary, policies: PolicyLibrary): Service<StorageCalls> {
  let swept: Promise<void> | null = null;
  return {
    'storage/list': async () => {
      // What another visit left half made. It is not listed, so if it cannot be deleted that is no reason to list nothing.
      swept ??= library.sweep().catch(() => undefined);
      await swept;
      const [runs, made, usage] = await Promise.all([library.list(), policies.list(), storageUsage()]);
      return { runs, policies: made, usage };
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
      let left = 0;
      for (const { run } of await library.list())
        await library.remove(run.id).catch((cause: unknown) => {
          if (!(cause instanceof StorageError)) throw cause;
          left++;
        });
      for (const { id } of await policies.list()) await policies.remove(id);
      return { left };
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
