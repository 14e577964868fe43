// A base is made to the end although the GPU is lost on the way, with the weights that it would have had.

import { expect, it } from 'vitest';
import { type Gpu, openGpu } from '../../gpu/device.ts';
import { type PretrainConfig, parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { weightsHash } from '../../grpo/runIdentity.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { createGpuEngine } from '../../policy/gpuEngine.ts';
import { draftOf, settingsOf } from './draft.ts';
import { type LearnHost, learn } from './learn.ts';

/** One engine on one GPU, made anew when that is lost, as the worker's host does. */
function gpuHost(): LearnHost & { readonly gpus: Gpu[] } {
  const gpus: Gpu[] = [];
  let engine: Promise<PolicyEngine> | null = null;
  let rejects: ((cause: Error) => void)[] = [];
  const make = async (config: PolicyConfig) => {
    const gpu = await openGpu();
    gpus.push(gpu);
    void gpu.lost.then((sentence) => {
      engine = null;
      for (const reject of rejects) reject(new Error(sentence));
      rejects = [];
    });
    return createGpuEngine(gpu, config);
  };
  return {
    gpus,
    engine: (_, config) => {
      engine ??= make(config);
      return engine;
    },
    whileThere: (work) =>
      new Promise((resolve, reject) => {
        rejects.push(reject);
        work.then(resolve, reject);
      }),
  };
}

const CONFIG: PretrainConfig = {
  ...parsePretrainConfig(settingsOf({ ...draftOf('parity'), size: 'small', steps: 6, seed: 2 })),
  batch: 8,
};

/** Steps that were told of and the weights that came of them; the GPU is lost after each step of `losses`, once. */
async function learned(losses: number[], copyEveryMs: number) {
  const host = gpuHost();
  const steps: number[] = [];
  const { engine, stepsTaken } = await learn(host, CONFIG, {
    from: null,
    signal: new AbortController().signal,
    copyEveryMs,
    onProgress: ({ step }) => {
      steps.push(step);
      if (losses[0] !== step) return;
      losses.shift();
      host.gpus.at(-1)!.destroy();
    },
  });
  const hash = await weightsHash(engine.config, await engine.readParameters());
  for (const gpu of host.gpus) gpu.destroy();
  return { steps, stepsTaken, hash, gpus: host.gpus.length };
}

it('goes on from its last copy on the next GPU', async () => {
  const whole = await learned([], Number.POSITIVE_INFINITY);
  expect(whole).toMatchObject({ steps: [1, 2, 3, 4, 5, 6], stepsTaken: 6, gpus: 1 });
  // A copy after every step: that of the step in which the GPU was lost did not come about.
  const broken = await learned([3, 5], 0);
  expect(broken).toMatchObject({ stepsTaken: 6, gpus: 3, hash: whole.hash });
  expect(broken.steps).toEqual([1, 2, 3, 3, 4, 5, 5, 6]);
  // Lost before there is a copy.
  expect((await learned([2], Number.POSITIVE_INFINITY)).hash).toBe(whole.hash);
});

it('gives up when the engine fails for another reason', async () => {
  const host = gpuHost();
  const engine = await host.engine('pretrain', pretrainPolicy(CONFIG));
  engine.applyGradient = () => Promise.reject(new Error('It cannot.'));
  const asked = learn(host, CONFIG, { from: null, signal: new AbortController().signal, onProgress: () => {} });
  await expect(asked).rejects.toThrow('It cannot.');
  expect(host.gpus).toHaveLength(1);
  host.gpus[0]!.destroy();
});
