// Graphs as others export them: another architecture, more inputs, and caches and logits in 16-bit floats. Every number is
// held to what the graph comes to by hand.

import { expect, it } from 'vitest';
import { logProbability, UNTEMPERED } from '../reference/distribution.ts';
import { sampler } from './llm.testing.ts';
import { loadModel } from './loadModel.ts';
import { handLogits, otherModel } from './otherGraphs.testing.ts';
import type { LlmGroup } from './session.ts';

const COMPILING_MS = 900_000;
const hasHalf = (await navigator.gpu.requestAdapter())?.features.has('shader-f16') === true;
const LADDER = sampler({
  temperature: { rule: 'binary', high: 1.4, low: 0.7 },
  ladder: { offsets: [0, 0.2, -0.2] },
});

const logp1Of = (ids: readonly number[]) => {
  const z = handLogits(ids);
  return Float64Array.from(z, (_, id) => logProbability(z, UNTEMPERED, id));
};

function expectByHand({ rollouts, promptIds }: LlmGroup): void {
  for (const { ids, entropyNats, logp1, logpTau, tau } of rollouts)
    for (const [t, id] of ids.entries()) {
      const before = [...promptIds, ...ids.subarray(0, t)];
      const logp = logp1Of(before);
      const z = handLogits(before).map((each) => each / tau[t]!);
      expect(logp1[t]).toBeCloseTo(logp[id]!, 5);
      expect(logpTau[t]).toBeCloseTo(logProbability(z, UNTEMPERED, id), 4);
      expect(entropyNats[t]).toBeCloseTo(-logp.reduce((sum, l) => sum + Math.exp(l) * l, 0), 5);
    }
}

it.each([
  ['wasm', 'fp32', true],
  ['wasm', 'fp16', true],
  ['webgpu', 'fp32', true],
  ['webgpu', 'fp16', hasHalf],
] as const)(
  'steps a Llama with position_ids and num_logits_to_keep on %s in %s',
  async (device, dtype, isPossible) => {
    const loading = loadModel({ from: 'files', name: 'other', files: otherModel(dtype) }, { dtype, device });
    if (!isPossible) {
      await expect(loading).rejects.toThrow('This GPU has no 16-bit floats, which fp16 needs: choose q4 or fp32.');
      return;
    }
    const session = await loading;
    expect(session.description).toMatchObject({ modelType: 'llama', kvHeads: 1, headWidth: 4, vocabulary: 23 });
    const promptIds = Int32Array.of(5, 9, 2);
    const group = await session.start({
      promptIds,
      rollouts: 3,
      maxNewTokens: 14,
      sampler: LADDER,
      seed: 4,
      stopTokens: [],
    });
    await group.play(9);
    expect(group.steps).toBe(9);
    expectByHand(group);

    // From the past: a cache that is cut, and one that goes on.
    const row = group.rollouts[1]!;
    for (const index of [0, 4, 9]) {
      const found = await group.alternatives(1, index, 8);
      const logp = logp1Of([...promptIds, ...row.ids.subarray(0, index)]);
      for (const [i, id] of found.ids.entries()) expect(found.logp1[i]).toBeCloseTo(logp[id]!, 5);
    }
    const branch = await group.branch({ row: 1, index: 4, token: 7 });
    await branch.play(8);
    expect([...branch.rollouts[1]!.ids.subarray(0, 5)]).toEqual([...row.ids.subarray(0, 4), 7]);
    expectByHand(branch);
    await group.back(6);
    await group.play(2);
    expectByHand(group);
    expect([...group.rollouts[2]!.ids]).toHaveLength(8);
    await session.destroy();
  },
  COMPILING_MS,
);
