// The shipped Countdown policy through transformers.js and ONNX Runtime against our own engine: the same tokens for the
// same noise, the same numbers for the same tokens.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import type { LoadedCheckpoint } from '../policy/checkpoint.ts';
import type { Rollout } from '../policy/engine.ts';
import { taskByName } from '../tasks/index.ts';
import { countdownBase, exportedFiles, openFolder, ownEngine, sampler } from './llm.testing.ts';
import type { LlmDevice, LlmSession, StartRequest } from './session.ts';

const PROMPT = taskByName('countdown').worked.prompt;
const RULE = sampler({
  queue: { scope: 'prompt', capacity: 40 },
  threshold: { rule: 'quantile', coldFraction: 0.6 },
  temperature: { rule: 'binary', high: 1.5, low: 0.8 },
  ladder: { offsets: [0, 0.1, 0.2, -0.2] },
});
const MOST_DIFFERENCE = 1e-4;

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

function expectSame(got: readonly Rollout[], expected: readonly Rollout[]): void {
  expect(got.map(({ ids }) => [...ids])).toEqual(expected.map(({ ids }) => [...ids]));
  for (const [row, rollout] of got.entries()) {
    const other = expected[row]!;
    expect([...rollout.hot]).toEqual([...other.hot]);
    expect([...rollout.queueLength]).toEqual([...other.queueLength]);
    expect(rollout.finished).toBe(other.finished);
    for (const field of ['entropyNats', 'thresholdNats', 'tau', 'logpTau', 'logp1'] as const)
      expect(largest(rollout[field], other[field])).toBeLessThan(MOST_DIFFERENCE);
  }
}

async function ownRollouts(
  checkpoint: LoadedCheckpoint,
  { promptIds, rollouts, maxNewTokens, sampler: rule, seed }: StartRequest,
  stopTokens: readonly number[],
): Promise<Rollout[]> {
  const engine = await ownEngine(await openGpu(), checkpoint);
  try {
    return await engine.generate({
      prompts: new Array<Int32Array>(rollouts).fill(promptIds),
      group: new Int32Array(rollouts),
      maxNewTokens,
      stopTokens,
      sampler: rule,
      seed,
    });
  } finally {
    engine.destroy();
  }
}

describe.each<LlmDevice>(['webgpu', 'wasm'])('the Countdown base on %s', (device) => {
  let checkpoint: LoadedCheckpoint;
  let session: LlmSession;
  let request: StartRequest;
  beforeAll(async () => {
    checkpoint = await countdownBase();
    session = await openFolder(exportedFiles(checkpoint), device);
    request = { promptIds: session.encode({ text: PROMPT }), rollouts: 4, maxNewTokens: 24, sampler: RULE, seed: 5 };
  });
  afterAll(() => session.destroy());

  it('draws the tokens of our own engine from the same noise, with its numbers, on a ladder of four', async () => {
    expect([...request.promptIds]).toEqual([...checkpoint.tokenizer!.encode(PROMPT)]);
    const group = await session.start(request);
    await group.play(100);
    expect(group.isDone).toBe(true);
    expectSame(group.rollouts, await ownRollouts(checkpoint, request, session.stopTokens));
    group.dispose();
  });
});
