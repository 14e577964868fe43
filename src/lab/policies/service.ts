// The worker's side of policies that do not come with the page: listed, opened from disk, and handed out as files.

import type { Service } from '../call.ts';
import { StorageError } from '../storage/errors.ts';
import type { PolicyLibrary } from '../storage/policyLibrary.ts';
import type { RunLibrary } from '../storage/runLibrary.ts';
import type { PolicyCalls, RunChoice } from './calls.ts';

export function policyService(runs: RunLibrary, policies: PolicyLibrary): Service<PolicyCalls> {
  return {
    'policies/list': async () => {
      const readable = (await runs.list()).filter(({ problem }) => problem === null);
      const choices = readable.map(async ({ run: { id, name, identity } }): Promise<RunChoice> => {
        const checkpoints = (await runs.checkpoints(id)).filter(({ kind }) => kind !== 'guard');
        return { run: id, name, task: identity.config.task, checkpoints };
      });
      return { own: await policies.list(), runs: await Promise.all(choices) };
    },
    'policies/open': async ({ files, task }, { signal, progress }) => {
      const { openFiles } = await import('./openFiles.ts');
      return openFiles({ runs, policies }, files, task, { signal, onProgress: progress });
    },
    'policies/export': async ({ policy: id }) => {
      const policy = (await policies.list()).find((each) => each.id === id);
      if (policy === undefined) throw new StorageError('This policy was deleted.');
      const { exportPolicy } = await import('./exportPolicy.ts');
      return exportPolicy(policy.name, await policies.files(id));
    },
  };
}
