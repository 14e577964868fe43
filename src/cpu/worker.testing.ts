// Test code: the CPU engine inside a dedicated worker, as the page runs it.

import { untied } from '../reference/fixtures.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { createCpuEngine } from './engine.ts';

async function run() {
  const engine = await createCpuEngine(untied.config);
  await engine.loadParameters(untied.parameters);
  const scores = await engine.accumulateGradient(untied.batch, untied.coef);
  const gradient = await engine.readGradient();
  const [rollout] = await engine.generate({
    prompts: [Int32Array.of(1, 2)],
    maxNewTokens: 5,
    stopTokens: [],
    sampler: parseSamplerConfig({}),
    seed: 1,
  });
  return { scores, gradient, rollout: rollout! };
}

export type WorkerResult = Awaited<ReturnType<typeof run>>;

self.postMessage(await run());
