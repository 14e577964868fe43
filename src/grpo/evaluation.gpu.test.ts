import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { createGpuEngine } from '../policy/gpuEngine.ts';
import { createTokenizer, PAD } from '../policy/tokenizer.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { evaluatePolicy } from './evaluation.ts';
import { markovPolicy } from './markovPolicy.testing.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

describe('an evaluation on the GPU', () => {
  it('is the one in float64, batch after batch, with kept and with shared queues', async () => {
    const parity = taskByName('parity');
    const tokenizer = createTokenizer({ characters: parity.alphabet, special: [PAD] });
    // Long answers that go wrong after a while, and guesses.
    const { config, parameters } = markovPolicy(tokenizer, {
      '>': { '=': 0.6, ':': 0.4 },
      ':': { '0': 0.45, '1': 0.55 },
      '=': { '0': 0.3, '1': 0.7 },
      '0': { '.': 0.5, '0': 0.3, '=': 0.2 },
      '1': { '.': 0.6, '1': 0.3, '=': 0.1 },
    });
    const engine = await createGpuEngine(gpu, config);
    const oracle = new ReferenceEngine(config);
    for (const each of [engine, oracle]) await each.loadParameters(parameters);
    const source = taskSource(parity, 'sixteen-bits');
    // 128 prompts at n = 2 are a batch: there is a second one.
    const request = { tokenizer, source, n: 2, k: [1, 2], prompts: 130, maxNewTokens: 6, seed: 21 };
    for (const settings of [
      { temperature: { rule: 'fixed', tau: 0.8 } },
      { temperature: { rule: 'binary', high: 1.3, low: 0.7 }, queue: { keep: true } },
    ]) {
      const sampler = parseSamplerConfig(settings);
      const { entropyNats, ...found } = await evaluatePolicy({ ...request, sampler, engine });
      const { entropyNats: expectedNats, ...expected } = await evaluatePolicy({ ...request, sampler, engine: oracle });
      // Equal entropies of different rows may differ in their last bits, and then stand on either side of a threshold.
      const { gate, ...counts } = found;
      const { gate: expectedGate, ...expectedCounts } = expected;
      expect(counts).toEqual(expectedCounts);
      for (const share of ['precision', 'recall'] as const) expect(gate[share]).toBeCloseTo(expectedGate[share]!, 1);
      for (const role of ['all', 'fork', 'knowledge', 'format'] as const)
        expect(entropyNats[role]).toBeCloseTo(expectedNats[role]!, 4);
    }
  });
});
