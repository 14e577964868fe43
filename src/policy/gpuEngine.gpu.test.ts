import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { grouped, largestDifference, relativeL2, untied, untiedAdamW } from '../reference/fixtures.ts';
import { createGpuEngine } from './gpuEngine.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

describe.each([grouped, untied])('the GPU policy against PyTorch: $name', (fixture) => {
  it('log-probs within 1e-4, gradients within 1e-3 relative L2', async () => {
    const engine = await createGpuEngine(gpu, fixture.config);
    await engine.loadParameters(fixture.parameters);
    const scores = await engine.accumulateGradient(fixture.batch, fixture.coef);
    for (const name of ['logp1', 'logpTau', 'entropyNats'] as const)
      expect(largestDifference(scores[name], fixture[name]), name).toBeLessThan(1e-4);
    const gradient = await engine.readGradient();
    expect(gradient.size).toBe(fixture.gradient.size);
    for (const [name, tensor] of fixture.gradient)
      expect(relativeL2(gradient.get(name)!.data, tensor.data), `relative L2 error of ${name}`).toBeLessThan(1e-3);
  });
});

describe('AdamW on the GPU', () => {
  it('makes the same three steps as PyTorch', async () => {
    const engine = await createGpuEngine(gpu, untied.config);
    await engine.loadParameters(untied.parameters);
    for (const norm of untiedAdamW.gradNorms) {
      await engine.accumulateGradient(untied.batch, untied.coef);
      const report = await engine.applyGradient(untiedAdamW.options);
      expect(report.applied).toBe(true);
      expect(report.gradNorm / norm).toBeCloseTo(1, 4);
    }
    const parameters = await engine.readParameters();
    for (const [name, tensor] of untiedAdamW.parameters)
      expect(relativeL2(parameters.get(name)!.data, tensor.data), `relative L2 error of ${name}`).toBeLessThan(1e-4);
  });
});

describe('engines that share a device', () => {
  it('are destroyed one by one, after the calls that were made', async () => {
    const own = await openGpu();
    const [closed, open] = await Promise.all(
      [untied, grouped].map(({ config }) => createGpuEngine(own, config, { sharesDevice: true })),
    );
    await closed!.loadParameters(untied.parameters);
    await open!.loadParameters(grouped.parameters);
    const last = closed!.score(untied.batch);
    closed!.destroy();
    expect(largestDifference((await last).logp1, untied.logp1)).toBeLessThan(1e-4);
    await expect(closed!.score(untied.batch)).rejects.toThrow('This engine was closed.');
    expect(largestDifference((await open!.score(grouped.batch)).logp1, grouped.logp1)).toBeLessThan(1e-4);
    own.destroy();
  });
});
