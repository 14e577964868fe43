// Test code: the page's shelf and pretraining with their worker, in one thread, on real IndexedDB and the CPU engine.

import { createCpuEngine } from '../../cpu/engine.ts';
import { readCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { LabClient } from '../client.ts';
import type { LoadPolicy } from '../engine/policyRef.ts';
import { ExperimentLibrary } from '../experiments/library.ts';
import { pretrainService } from '../pretrain/service.ts';
import { createPretrainStore, type PretrainStore } from '../pretrain/store.ts';
import { ModelExperimentLibrary } from '../real/experiments/library.ts';
import { openModelExperiments } from '../real/experiments/service.ts';
import { serve } from '../serve.ts';
import { Database } from '../storage/database.ts';
import { PolicyLibrary } from '../storage/policyLibrary.ts';
import { RunLibrary } from '../storage/runLibrary.ts';
import { storageService } from '../storage/service.ts';
import { policyService } from './service.ts';
import { createShelfStore, type ShelfStore } from './store.ts';

export interface Shelf {
  readonly client: LabClient;
  readonly shelf: ShelfStore;
  readonly pretrain: PretrainStore;
  readonly runs: RunLibrary;
  readonly policies: PolicyLibrary;
  readonly experiments: ExperimentLibrary;
  readonly modelExperiments: ModelExperimentLibrary;
}

export function openShelf(database = `test ${crypto.randomUUID()}`): Shelf {
  const runs = new RunLibrary(new Database(database));
  const policies = new PolicyLibrary(runs.database);
  const experiments = new ExperimentLibrary(runs.database);
  const modelExperiments = new ModelExperimentLibrary(runs.database);
  const asked = openModelExperiments(modelExperiments, () => {});
  const engines = new Map<string, Promise<PolicyEngine>>();
  const host = {
    engine: (_: string, config: PolicyConfig) => {
      const key = JSON.stringify(config);
      const engine = engines.get(key) ?? createCpuEngine(config);
      engines.set(key, engine);
      return engine;
    },
    whileThere: <T>(work: Promise<T>) => work,
  };
  const load: LoadPolicy = async (policy) => {
    switch (policy.kind) {
      case 'base':
        throw new Error('There are no bases here.');
      case 'own':
        return readCheckpoint(await policies.files(policy.id), 'ignore');
      case 'checkpoint':
        return readCheckpoint(await runs.checkpointFiles(policy.run, policy.step), 'ignore');
    }
  };
  let client: LabClient | null = null;
  const services = {
    ...policyService({ runs, policies, load }),
    ...pretrainService({ host, policies }),
    ...storageService({ runs, policies, experiments, modelExperiments: asked.stored }),
    ...asked.calls,
  };
  const answer = serve(services, (message) => client!.receive(structuredClone(message)));
  client = new LabClient({ send: (message) => answer(structuredClone(message)), close: () => {} });
  const shelf = createShelfStore();
  const pretrain = createPretrainStore('countdown');
  shelf.attach(client);
  pretrain.attach(client);
  return { client, shelf, pretrain, runs, policies, experiments, modelExperiments };
}
