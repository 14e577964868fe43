// The GPU sampler against the oracle over many random settings and shapes, on the same noise: every rule, scope, order,
// tie, truncation and ladder, in combinations that nobody thought of.

import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import type { SamplerConfigInput } from './config.ts';
import { compare, spreadLogits } from './gpuSampler.testing.ts';

const SETTINGS = 300;

const gpu = await openGpu();
afterAll(() => gpu.destroy());

const fraction = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
const tau = fc.integer({ min: 1, max: 30 }).map((n) => n / 10);
const config: fc.Arbitrary<SamplerConfigInput> = fc.record({
  queue: fc.record({
    capacity: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 200, max: 400 }), fc.constant(100_000)),
    scope: fc.constantFrom('rollout' as const, 'prompt' as const, 'run' as const),
    order: fc.constantFrom('push-first' as const, 'threshold-first' as const),
    warmup: fc.record({
      entropies: fc.integer({ min: 0, max: 9 }),
      use: fc.constantFrom('hot' as const, 'cold' as const, 'one' as const),
    }),
  }),
  threshold: fc.oneof(
    fc.record({ rule: fc.constant('quantile' as const), coldFraction: fraction }),
    fc.record({ rule: fc.constant('top-p' as const), hotFraction: fraction }),
    fc.record({ rule: fc.constant('absolute' as const), nats: fraction.map((k) => 4 * k) }),
    fc.record({ rule: fc.constant('floored' as const), coldFraction: fraction, floorNats: fraction }),
  ),
  tie: fc.constantFrom('strict' as const, 'inclusive' as const),
  temperature: fc.oneof(
    fc.record({ rule: fc.constant('binary' as const), high: tau, low: tau }),
    fc.record({ rule: fc.constant('rank' as const), high: tau, low: tau }),
    fc.record({ rule: fc.constant('edt' as const), base: tau, theta: fraction, n0: fc.constantFrom(0.5, 0.8, 1) }),
    fc.record({ rule: fc.constant('fixed' as const), tau: fc.oneof(tau, fc.constant(0)) }),
  ),
  ladder: fc.record({
    offsets: fc.constantFrom([0], [0, 0.1, 0.3]),
    shifts: fc.constantFrom('hot' as const, 'both' as const),
  }),
  truncation: fc.record({
    topK: fc.constantFrom(0, 0, 1, 5, 40),
    topP: fc.constantFrom(1, 1, 0.95, 0.5),
    minP: fc.constantFrom(0, 0, 0.02, 0.3),
  }),
});
const shape = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  vocabulary: fc.oneof(fc.integer({ min: 2, max: 70 }), fc.constantFrom(257, 1000, 4099)),
  steps: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
});

it(`agrees with the oracle in ${SETTINGS} random settings, token by token`, async () => {
  let tokens = 0;
  let floatTies = 0;
  await fc.assert(
    fc.asyncProperty(
      config,
      shape,
      fc.integer({ min: 1, max: 3 }),
      async (config, { rows, vocabulary, steps, seed }, prompts) => {
        const groups = Int32Array.from({ length: rows }, (_, row) => Math.floor((row * prompts) / rows));
        const found = await compare(gpu, {
          rows,
          vocabulary,
          steps,
          seed,
          config,
          groups,
          logits: spreadLogits(rows, vocabulary, seed),
        });
        tokens += found.tokens;
        floatTies += found.floatTies;
        expect(found.tokenDifferences).toBe(0);
        expect(found.gateDifferences).toBe(0);
      },
    ),
    { numRuns: SETTINGS, seed: 20_251_008, endOnFailure: true },
  );
  console.info(`${tokens} tokens compared, ${floatTies} float ties`);
  expect(floatTies).toBeLessThan(tokens / 500);
});
