// The CPU engine in a real browser's worker (the "gpu" tests are those that run in a browser).

import { expect, it } from 'vitest';
import { largestDifference, relativeL2, untied } from '../reference/fixtures.ts';
import type { WorkerResult } from './worker.testing.ts';

it("scores, differentiates and generates in a browser's worker", async () => {
  const worker = new Worker(new URL('./worker.testing.ts', import.meta.url), { type: 'module' });
  const { scores, gradient, rollout } = await new Promise<WorkerResult>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.terminate();
  expect(largestDifference(scores.logpTau, untied.logpTau)).toBeLessThan(1e-5);
  for (const [name, { data }] of gradient)
    expect(relativeL2(data, untied.gradient.get(name)!.data), name).toBeLessThan(1e-3);
  expect(rollout.ids).toHaveLength(5);
});
