import { expect, it } from 'vitest';
import { openGpu } from './device.ts';

it('openGpu says that there is no WebGPU where there is none', async () => {
  expect(globalThis.navigator?.gpu).toBeUndefined();
  await expect(openGpu()).rejects.toThrow(
    expect.objectContaining({
      failure: 'no-webgpu',
      message: expect.stringMatching(/^This browser has no WebGPU: .*\.$/),
    }),
  );
});
