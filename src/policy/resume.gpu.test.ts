import { expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import { createGpuEngine } from './gpuEngine.ts';
import { expectResumesExactly } from './resume.testing.ts';

it('10 steps on the GPU are 5 steps, a checkpoint and 5 steps, bit for bit', async () => {
  const gpu = await openGpu();
  await expectResumesExactly((config) => createGpuEngine(gpu, config));
  expect(gpu.submits).toBeGreaterThan(20);
  gpu.destroy();
});
