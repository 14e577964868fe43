// Does it learn on WebGPU too? Countdown from the base that ships, shorter than on the CPU engine (src/headless).

import { expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import {
  type Checkpoint,
  CONFIG_FILE,
  GENERATION_FILE,
  readCheckpoint,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../policy/checkpoint.ts';
import { createGpuEngine } from '../policy/gpuEngine.ts';
import { learningLine, measureLearning } from './learning.testing.ts';

const STEPS = 30;

async function shippedBase(task: string): Promise<Checkpoint> {
  const files = new Map<string, Uint8Array>();
  for (const name of [CONFIG_FILE, WEIGHTS_FILE, GENERATION_FILE, TOKENIZER_FILE]) {
    const response = await fetch(`/bases/${task}/${name}`);
    expect(response.ok).toBe(true);
    files.set(name, new Uint8Array(await response.arrayBuffer()));
  }
  return readCheckpoint(files);
}

it('avg@8 on held-out prompts rises with hot forks and cold knowledge', async () => {
  const base = await shippedBase('countdown');
  const engine = await createGpuEngine(await openGpu(), base.config);
  const sampler = { temperature: { rule: 'binary', high: 1.2, low: 1 } } as const;
  const learning = await measureLearning(engine, base, STEPS, { sampler });
  engine.destroy();
  console.log(learningLine('WebGPU', learning));
  expect(learning.change.mean).toBeGreaterThan(0);
  expect(learning.change.pHigher).toBeLessThan(0.01);
  for (const row of learning.rows) expect(row['sampling/sampling_logp_difference/mean']).toBeLessThanOrEqual(1e-5);
});
