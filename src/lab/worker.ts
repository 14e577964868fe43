// The engine's own thread: it samples and trains at full speed whatever the page draws.

import { readCheckpoint } from '../policy/checkpoint.ts';
import type { Service } from './call.ts';
import { compareService } from './compare/service.ts';
import { costService } from './cost/service.ts';
import { EngineHost } from './engine/host.ts';
import type { LoadPolicy } from './engine/policyRef.ts';
import { engineService } from './engine/service.ts';
import { evaluateService } from './evaluate/service.ts';
import { ExperimentLibrary } from './experiments/library.ts';
import { openExperiments } from './experiments/service.ts';
import { policyService } from './policies/service.ts';
import { pretrainService } from './pretrain/service.ts';
import type { Calls, FromWorker, Tell, ToWorker } from './protocol.ts';
import type { RealCalls } from './real/calls.ts';
import { ModelExperimentLibrary } from './real/experiments/library.ts';
import { openModelExperiments } from './real/experiments/service.ts';
import { policyFilesService } from './real/policyFiles.ts';
import { serve } from './serve.ts';
import { policyResolver } from './step/policy.ts';
import { stepService } from './step/service.ts';
import { PolicyLibrary } from './storage/policyLibrary.ts';
import { RunLibrary } from './storage/runLibrary.ts';
import { storageService } from './storage/service.ts';
import { openTraining } from './train/service.ts';

const say = (message: FromWorker) => self.postMessage(message);
const tell: Tell = (news, body) => say({ news, body });

const host = new EngineHost(tell);
const library = new RunLibrary();
const policies = new PolicyLibrary(library.database);
const load: LoadPolicy = async (policy) => {
  switch (policy.kind) {
    case 'base':
      return host.base(policy.task);
    case 'own':
      return readCheckpoint(await policies.files(policy.id), 'ignore');
    case 'checkpoint':
      return readCheckpoint(await library.checkpointFiles(policy.run, policy.step), 'ignore');
  }
};
const training = openTraining({ host, library, load, tell });
const experiments = openExperiments({ host, library: new ExperimentLibrary(library.database), tell });
const modelExperiments = openModelExperiments(new ModelExperimentLibrary(library.database), tell);
const resolve = policyResolver(load, training.live);
const services: Omit<Service<Calls>, keyof RealCalls> = {
  ...compareService(library),
  ...costService(host, load),
  ...engineService(host),
  ...evaluateService(host, load),
  ...experiments.calls,
  ...modelExperiments.calls,
  ...policyService({ runs: library, policies, load }),
  ...pretrainService({ host, policies }),
  ...policyFilesService(resolve),
  ...stepService(host, resolve),
  ...storageService({
    runs: library,
    policies,
    experiments: experiments.stored,
    modelExperiments: modelExperiments.stored,
  }),
  ...training.calls,
};
const answer = serve(services, say);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => answer(data));
