// The shipped Countdown policy through transformers.js and ONNX Runtime against our own engine: the same tokens for the
// same noise, the same numbers for the same tokens.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import type { LoadedCheckpoint } from '../policy/checkpoint.ts';
import type { Rollout } from '../policy/engine.ts';
import { forward, weightsFromTensors } from '../reference/decoder.ts';
import { logProbability, UNTEMPERED } from '../reference/distribution.ts';
import { taskByName } from '../tasks/index.ts';
import { truncationCut } from '../temperature/truncationCut.ts';
import { countdownBase, exportedFiles, openFolder, ownEngine, sampler } from './llm.testing.ts';
import { LlmError } from './llmError.ts';
import type { LlmDevice, LlmSession, StartRequest } from './session.ts';

/** On a new device the runtime compiles all of its kernels: seconds on a GPU, minutes on a software one that is busy. */
const COMPILING_MS = 900_000;

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

/** softmax of log-probs at tau, by token id. */
function temperedProbabilities(logp1: Float32Array, tau: number): number[] {
  const weights = Array.from(logp1, (l) => Math.exp(l / tau));
  const total = weights.reduce((sum, x) => sum + x, 0);
  return weights.map((x) => x / total);
}

/** log softmax(z) of the token after `ids`, by token id. */
async function ownLogp1({ config, parameters }: LoadedCheckpoint, ids: readonly number[]): Promise<Float32Array> {
  const { logits } = forward(config, weightsFromTensors(config, parameters), Int32Array.from(ids));
  const z = logits.subarray(logits.length - config.vocabulary);
  return Float32Array.from(z, (_, id) => logProbability(z, UNTEMPERED, id));
}

/** Masks, staging and the like, whose sizes change now and then. */
const FEW = 4;

/** GPU buffers that were made and not destroyed. */
const buffers = { live: 0 };
const { createBuffer } = GPUDevice.prototype;
const { destroy } = GPUBuffer.prototype;
const alive = new WeakSet<GPUBuffer>();
GPUDevice.prototype.createBuffer = function (descriptor) {
  const buffer = createBuffer.call(this, descriptor);
  alive.add(buffer);
  buffers.live += 1;
  return buffer;
};
GPUBuffer.prototype.destroy = function () {
  if (alive.delete(this)) buffers.live -= 1;
  return destroy.call(this);
};

describe.each<LlmDevice>(['webgpu', 'wasm'])('the Countdown base on %s', (device) => {
  let checkpoint: LoadedCheckpoint;
  let session: LlmSession;
  let request: StartRequest;
  beforeAll(async () => {
    const base = await countdownBase();
    // Room for 200 tokens; rotary positions are a function, not a table that was learnt.
    checkpoint = { ...base, config: { ...base.config, maxPositions: 256 } };
    session = await openFolder(exportedFiles(checkpoint), device);
    request = { promptIds: session.encode({ text: PROMPT }), rollouts: 4, maxNewTokens: 24, sampler: RULE, seed: 5 };
  });
  afterAll(() => session.destroy());

  it(
    'draws the tokens of our own engine from the same noise, with its numbers, on a ladder of four',
    async () => {
      expect([...request.promptIds]).toEqual([...checkpoint.tokenizer!.encode(PROMPT)]);
      const group = await session.start(request);
      await group.play(100);
      expect(group.isDone).toBe(true);
      expectSame(group.rollouts, await ownRollouts(checkpoint, request, session.stopTokens));
      expect(group.queues()[0]).toHaveLength(
        Math.min(
          40,
          group.rollouts.reduce((n, { ids }) => n + ids.length, 0),
        ),
      );
      group.dispose();
    },
    COMPILING_MS,
  );

  it('draws the same tokens again after going back, and goes on by other settings', async () => {
    const group = await session.start(request);
    await group.play(8);
    const first = group.rollouts;
    await group.back(3);
    expect(group.rollouts.map(({ ids }) => ids.length)).toEqual([3, 3, 3, 3]);
    await group.play(5);
    expectSame(group.rollouts, first);
    await group.back(0);
    await group.play(8);
    expectSame(group.rollouts, first);
    await group.back(7);
    await group.setSampler(sampler({ temperature: { rule: 'fixed', tau: 0.5 } }));
    await group.step();
    for (const { tau } of group.rollouts) expect([...tau.slice(7)]).toEqual([0.5]);
    group.dispose();
  });

  it('branches twice from one token, with the same noise and with other noise', async () => {
    const group = await session.start(request);
    await group.play(10);
    const parent = group.rollouts;
    const index = 4;
    const { ids } = await group.alternatives(1, index, 3);
    const others = [...ids].filter((id) => id !== parent[1]!.ids[index]).slice(0, 2);
    const branches = [];
    for (const token of others) branches.push(await group.branch({ row: 1, index, token }));
    for (const [i, branch] of branches.entries()) {
      expect(branch.steps).toBe(index);
      await branch.play(6);
      expect(branch.rollouts[1]!.ids.slice(0, index)).toEqual(parent[1]!.ids.slice(0, index));
      expect(branch.rollouts[1]!.ids[index]).toBe(others[i]);
      // What does not follow from the other token is as it was, whatever temperatures the shared queue then gives.
      for (const row of [0, 2, 3]) expect(branch.rollouts[row]!.ids).toEqual(parent[row]!.ids);
      expect(largest(branch.rollouts[1]!.entropyNats.slice(0, index + 1), parent[1]!.entropyNats)).toBeLessThan(1e-5);
    }
    // The same choice with the same noise is the same rollout; other noise is another.
    const again = await group.branch({ row: 1, index, token: parent[1]!.ids[index]! });
    await again.play(6);
    expectSame(again.rollouts, parent);
    const fresh = await group.branch({ row: 1, index, token: parent[1]!.ids[index]!, stream: 77 });
    await fresh.play(6);
    expect(fresh.stream).toBe(77);
    expect([...fresh.rollouts[1]!.ids]).not.toEqual([...parent[1]!.ids]);
    expect(group.rollouts).toBe(parent);
    for (const one of [...branches, again, fresh, group]) one.dispose();
  });

  it('takes a token that is forced on a row, with its own log-probs', async () => {
    const group = await session.start({
      ...request,
      rollouts: 2,
      sampler: sampler({ temperature: { rule: 'fixed' } }),
    });
    await group.play(2);
    const next = await group.alternatives(0, 2, 5);
    const token = next.ids[4]!;
    await group.step({ forced: [token, null] });
    const [row, other] = group.rollouts;
    expect(row!.ids[2]).toBe(token);
    expect(row!.logp1[2]).toBeCloseTo(next.logp1[4]!, 4);
    await group.back(2);
    await group.step();
    expect(group.rollouts[1]!.ids[2]).toBe(other!.ids[2]);
    group.dispose();
  });

  it('lists alternatives with the probabilities of our own engine, at each temperature, truncated or not', async () => {
    const rule = sampler({
      temperature: { rule: 'binary', high: 1.7, low: 0.6 },
      truncation: { topK: 9, topP: 0.9, minP: 0.01 },
    });
    const group = await session.start({ ...request, rollouts: 2, sampler: rule });
    await group.play(6);
    const ids = group.rollouts[1]!.ids;
    for (const index of [0, 3, 6]) {
      const logp1 = await ownLogp1(checkpoint, [...request.promptIds, ...ids.slice(0, index)]);
      const found = await group.alternatives(1, index, 20);
      const order = Array.from(logp1.keys()).sort((a, b) => logp1[b]! - logp1[a]!);
      expect([...found.ids]).toEqual(order);
      expect(
        largest(
          found.logp1,
          order.map((id) => logp1[id]!),
        ),
      ).toBeLessThan(MOST_DIFFERENCE);
      expect(found.columns.map(({ kind, tau }) => [kind, tau])).toEqual([
        ['raw', 1],
        ['cold', 0.6],
        ['hot', 1.7],
      ]);
      for (const { kind, tau, p, kept, restP } of found.columns) {
        const expected = temperedProbabilities(logp1, tau);
        expect(
          largest(
            p,
            order.map((id) => expected[id]!),
          ),
        ).toBeLessThan(MOST_DIFFERENCE);
        expect(restP).toBeLessThan(MOST_DIFFERENCE);
        const cut = truncationCut(rule.truncation, logp1, Math.max(...logp1), tau, new Float32Array(20));
        const mass = expected.reduce((sum, x, id) => sum + (logp1[id]! >= cut ? x : 0), 0);
        const truncated = order.map((id) => (logp1[id]! >= cut ? expected[id]! / mass : 0));
        if (kind !== 'raw') expect(largest(kept, truncated)).toBeLessThan(MOST_DIFFERENCE);
      }
      const few = await group.alternatives(1, index, 2);
      expect(few.columns[0]!.restP).toBeCloseTo(1 - few.columns[0]!.p[0]! - few.columns[0]!.p[1]!, 5);
    }
    group.dispose();
  });

  it('says what cannot be asked of it, and goes on', async () => {
    const refusals: readonly [Partial<StartRequest>, string][] = [
      [{ promptIds: new Int32Array() }, 'The prompt is empty: it needs at least one token.'],
      [{ promptIds: Int32Array.of(20) }, "The token 20 is not one of this model's (0 to 19)."],
      [{ rollouts: 65 }, '1 to 64 rollouts can be stepped together, but 65 were asked for.'],
      [{ maxNewTokens: 0 }, 'The number of new tokens must be a whole number of at least 1, but it is 0.'],
      [
        { maxNewTokens: 300 },
        `A prompt of ${request.promptIds.length} tokens and 300 new ones need more than the 256 positions of this model.`,
      ],
      [{ seed: -1 }, 'Seed and stream must be whole numbers from 0 to 2^53 - 1, but one is -1.'],
    ];
    for (const [change, sentence] of refusals)
      await expect(session.start({ ...request, ...change })).rejects.toThrow(new LlmError('request', sentence));
    const group = await session.start(request);
    await group.step();
    await expect(group.branch({ row: 4, index: 0, token: 1 })).rejects.toThrow('There are rollouts 0 to 3, but not 4.');
    await expect(group.branch({ row: 0, index: 2, token: 1 })).rejects.toThrow(
      'Rollout 0 has places 0 to 1, but not 2.',
    );
    await expect(group.step({ forced: [20] })).rejects.toThrow("The token 20 is not one of this model's (0 to 19).");
    await expect(group.back(2)).rejects.toThrow('There are 1 steps to go back over, so step 2 is not among them.');
    await expect(group.alternatives(0, 0, 65)).rejects.toThrow('1 to 64 alternatives can be listed, but 65');
    expect(() => session.encode({ text: 'ü' })).toThrow('has no token for some character of this text.');
    expect(() => session.encode({ user: '1' })).toThrow('has no chat template: give it plain text to go on from.');
    await group.step();
    expect(group.steps).toBe(2);
    const stop = new AbortController();
    await expect(
      group.play(20, { signal: stop.signal, onStep: () => group.steps === 5 && stop.abort() }),
    ).rejects.toThrow(stop.signal.reason);
    expect(group.steps).toBe(5);
    group.dispose();
    await expect(group.step()).rejects.toThrow('This group of rollouts was closed.');
  });

  it('gives every piece of text back as it is', () => {
    const ids = session.encode({ text: PROMPT });
    expect(session.pieces(ids).join('')).toBe(PROMPT);
    expect(session.decode(ids, 'keep')).toBe(PROMPT);
    expect(session.decode(Int32Array.of(0, ...ids), 'drop')).toBe(PROMPT);
    expect(session.pieces([0])).toEqual(['<pad>']);
  });

  it(
    'holds no more memory after 200 tokens than after 20',
    async () => {
      const group = await session.start({ ...request, rollouts: 2, maxNewTokens: 200, stopTokens: [] });
      await group.play(20);
      const early = { ...buffers };
      await group.play(180);
      expect(group.steps).toBe(200);
      const late = { ...buffers };
      // The runtime keeps what it frees, in classes of size that double: a cache that grows passes through some of them.
      const classes = Math.ceil(Math.log2((request.promptIds.length + 200) / (request.promptIds.length + 20)));
      const tensors = 2 * 2 * checkpoint.config.layers;
      expect(late.live).toBeLessThanOrEqual(early.live + classes * tensors + FEW);

      // From then on nothing is added.
      await group.back(120);
      const branch = await group.branch({ row: 0, index: 100, token: 3 });
      await group.play(10);
      await branch.play(10);
      branch.dispose();
      group.dispose();
      const next = await session.start(request);
      await next.step();
      next.dispose();
      await session.start(request).then((last) => last.dispose());
      expect(buffers.live).toBeLessThanOrEqual(late.live + FEW);
    },
    COMPILING_MS,
  );
});
