import { expect, it } from 'vitest';
import { type Gpu, openGpu } from '../../gpu/device.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { createGpuEngine } from '../../policy/gpuEngine.ts';
import type { TrainHost } from './machine.ts';
import { CONFIG, openTab, POLICY, play, state, untimed } from './train.testing.ts';

type Call = 'generate' | 'score' | 'applyGradient';

/** A host on one GPU, opened anew when it is lost. Each of `losses` in its turn loses the GPU as it is called. */
function gpuHost(losses: Call[]): TrainHost & { readonly gpus: Gpu[] } {
  const gpus: Gpu[] = [];
  let opened: Promise<Gpu> | null = null;
  let engines = new Map<string, Promise<PolicyEngine>>();
  const open = async () => {
    const gpu = await openGpu();
    gpus.push(gpu);
    void gpu.lost.then(() => {
      opened = null;
      engines = new Map();
    });
    return gpu;
  };
  const fragile = (engine: PolicyEngine, gpu: Gpu): PolicyEngine => {
    const breaking =
      <A extends readonly unknown[], R>(name: Call, call: (...given: A) => R) =>
      (...given: A): R => {
        const result = call.apply(engine, given as never);
        if (losses[0] === name) {
          losses.shift();
          gpu.destroy();
        }
        return result;
      };
    return Object.assign(engine, {
      generate: breaking('generate', engine.generate),
      score: breaking('score', engine.score),
      applyGradient: breaking('applyGradient', engine.applyGradient),
    });
  };
  return {
    gpus,
    engine: (purpose, config) => {
      opened ??= open();
      const kept = engines.get(purpose) ?? opened.then(async (gpu) => fragile(await createGpuEngine(gpu, config), gpu));
      engines.set(purpose, kept);
      return kept;
    },
  };
}

/** What two steps leave, and how many GPUs they took. */
async function trained(losses: Call[]) {
  const host = gpuHost(losses);
  const tab = openTab(undefined, host);
  await tab.store.start(CONFIG, POLICY);
  const notices: string[] = [];
  tab.store.subscribe(({ run }) => {
    if (run !== null && run.notice !== null && run.notice !== notices.at(-1)) notices.push(run.notice);
  });
  await play(tab, 'step', 2);
  const id = state(tab).run!.run.id;
  const rows = untimed(await tab.library.rows(id));
  const rollouts = await tab.library.rollouts(id, 1);
  await tab.store.close();
  for (const gpu of host.gpus) gpu.destroy();
  return { rows, rollouts, notices, gpus: host.gpus.length };
}

const SENTENCE = /^The GPU device was closed.*\. The run went on from its last save, with (collect|score|update)\.$/;

it('goes on from the last save on a new GPU, with the steps that it would have had', async () => {
  const whole = await trained([]);
  expect(whole).toMatchObject({ notices: [], gpus: 1 });
  const broken = await trained(['generate', 'score', 'applyGradient']);
  expect(broken.gpus).toBe(4);
  for (const notice of broken.notices) expect(notice).toMatch(SENTENCE);
  expect(broken.notices.length).toBeGreaterThan(0);
  expect(broken.rows).toEqual(whole.rows);
  expect(broken.rollouts).toEqual(whole.rollouts);
});
