// A small policy with random weights, and a worker without a thread, for tests of the Step room.

import { createCpuEngine } from '../../cpu/engine.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import { initialParameters } from '../../policy/initialise.ts';
import { taskTokenizer } from '../../policy/taskTokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import { LabClient } from '../client.ts';
import type { FromWorker, ToWorker } from '../protocol.ts';
import { serve } from '../serve.ts';
import { policyResolver } from './policy.ts';
import { stepService } from './service.ts';

/** A policy for a task whose weights were drawn, not learned; spread out so that entropies differ. */
export function drawnCheckpoint(task: string, seed = 35): LoadedCheckpoint {
  const tokenizer = taskTokenizer(taskByName(task));
  const config: PolicyConfig = {
    layers: 1,
    width: 16,
    heads: 2,
    kvHeads: 2,
    headWidth: 8,
    mlpWidth: 32,
    vocabulary: tokenizer.size,
    tied: false,
    ropeTheta: 10_000,
    rmsEpsilon: 1e-6,
    maxPositions: 256,
  };
  const parameters = new Map(
    [...initialParameters(config, seed)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((x) => (shape.length === 2 ? 15 * x : x)) },
    ]),
  );
  const generation = { stopTokens: [], padToken: null, beginToken: null };
  return { config, parameters, generation, tokenizer, trainer: null, tokenizerNote: null };
}

/** A client of the Step room's service on the CPU engine, without a worker between. */
export function stepClient(seed = 35): LabClient {
  const engines = new Map<string, ReturnType<typeof createCpuEngine>>();
  const host = {
    engine: (purpose: string, config: PolicyConfig) => {
      const key = purpose + JSON.stringify(config);
      const engine = engines.get(key) ?? createCpuEngine(config);
      engines.set(key, engine);
      return engine;
    },
    whileThere: <T>(work: Promise<T>) => work,
  };
  const checkpoints = new Map<string, LoadedCheckpoint>();
  const resolve = policyResolver(async (policy) => {
    if (policy.kind !== 'base') throw new Error('There are no runs here.');
    const checkpoint = checkpoints.get(policy.task) ?? drawnCheckpoint(policy.task, seed);
    checkpoints.set(policy.task, checkpoint);
    return checkpoint;
  });
  let hear: (message: ToWorker) => void = () => {};
  const client: LabClient = new LabClient({ send: (message) => hear(message), close: () => {} });
  hear = serve(stepService(host, resolve), (message: FromWorker) => client.receive(message));
  return client;
}
