// The worker's side of policies that do not come with the page: listed, opened from disk, and handed out as files.

import { taskByName } from '../../tasks/index.ts';
import type { Service } from '../call.ts';
import type { LoadPolicy, PolicyRef } from '../engine/policyRef.ts';
import { StorageError } from '../storage/errors.ts';
import type { PolicyLibrary } from '../storage/policyLibrary.ts';
import type { RunLibrary } from '../storage/runLibrary.ts';
import type { PolicyCalls, RunChoice } from './calls.ts';

export interface PolicyServiceParts {
  readonly runs: RunLibrary;
  readonly policies: PolicyLibrary;
  readonly load: LoadPolicy;
}

export function policyService({ runs, policies, load }: PolicyServiceParts): Service<PolicyCalls> {
  const own = async (id: string) => {
    const policy = (await policies.list()).find((each) => each.id === id);
    if (policy === undefined) throw new StorageError('This policy was deleted.');
    return policy;
  };
  /** What a policy is called, and the task it is for. */
  const describe = async (policy: PolicyRef): Promise<{ readonly name: string; readonly task: string }> => {
    switch (policy.kind) {
      case 'base':
        return { name: `${policy.task}-base`, task: policy.task };
      case 'own':
        return own(policy.id);
      case 'checkpoint': {
        const { name, identity } = await runs.get(policy.run);
        return { name: `${name}-step-${policy.step}`, task: identity.config.task };
      }
    }
  };
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
      const { name } = await own(id);
      const { exportPolicy } = await import('./exportPolicy.ts');
      return exportPolicy(name, await policies.files(id));
    },
    'policies/export-model': async ({ policy }, { signal, progress }) => {
      const { name, task } = await describe(policy);
      const checkpoint = await load(policy);
      const { prompt, completion } = taskByName(task).worked;
      const { exportModel } = await import('./exportModel.ts');
      return exportModel(checkpoint, { name, texts: [prompt + completion], signal, onProgress: progress });
    },
  };
}
