// How a session ends that cannot go on, and how one goes on that can: on a machine that fails as it is told.

import type { PreTrainedTokenizer } from '@huggingface/transformers';
import { expect, it } from 'vitest';
import { GpuError } from '../gpu/errors.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { type Machine, Snapshot } from './machine.ts';
import { ModelSession } from './modelSession.ts';

const never = () => {
  throw new Error('No test asks for it.');
};

/** A session whose machine throws what `failing` holds, and else reads prompts. */
function sessionOf(failing: { cause: unknown; device?: GpuError }) {
  const machine: Machine<null> = {
    vocabulary: 10,
    run: async (ids, rows) => {
      if (failing.cause !== null) throw failing.cause;
      return new Snapshot(rows, ids.length / rows, new Map(), null, () => {});
    },
    pick: async (_, rows, length) => new Snapshot(rows.length, length, new Map(), null, () => {}),
    sampler: never,
    rank: never,
    get failure() {
      return failing.device ?? null;
    },
    destroy: async () => {},
  };
  return new ModelSession({
    name: 'a model',
    dtype: 'fp32',
    device: 'webgpu',
    adapter: 'a test',
    description: {
      name: 'a model',
      modelType: 'qwen2',
      layers: 1,
      kvHeads: 1,
      headWidth: 4,
      vocabulary: 10,
      maxPositions: 100,
      dtypes: [],
      otherBytes: 0,
    },
    stopTokens: [0],
    tokenizer: {} as PreTrainedTokenizer,
    machine,
    lost: new Promise(() => {}),
  });
}

const start = (session: ModelSession<null>) =>
  session.start({
    promptIds: Int32Array.of(1, 2),
    rollouts: 2,
    maxNewTokens: 3,
    sampler: parseSamplerConfig({}, 'evaluation'),
    seed: 0,
  });
/** Whether the session has said that it is over. */
const isLost = (session: ModelSession<null>) =>
  Promise.race([session.lost.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), 20))]);

it.each<[string, unknown, RegExp]>([
  ['has too little memory', new Error('std::bad_alloc'), /^There is not enough memory/],
  ['refuses a graph', new Error('ERROR_MESSAGE: No kernel'), /^The model could not be run \(No kernel\)\.$/],
  ['has no room for an array', new RangeError('Array buffer allocation failed'), /^There is not enough memory/],
])('goes on after a machine that %s', async (_, cause, sentence) => {
  const failing = { cause };
  const session = sessionOf(failing);
  await expect(start(session)).rejects.toThrow(sentence);
  expect(await isLost(session)).toBe(false);
  failing.cause = null;
  const group = await start(session);
  expect(group.steps).toBe(0);
  group.dispose();
});

it.each<[string, { cause: unknown; device?: GpuError }, RegExp]>([
  [
    'whose device has failed',
    {
      cause: new Error('no result'),
      device: new GpuError('invalid', 'WebGPU: a buffer is not valid.'),
    },
    /^The model could not be run \(no result\)\./,
  ],
  [
    'whose runtime has broken',
    { cause: new TypeError("Cannot read properties of undefined (reading 'destroy')") },
    /^The model could not be run \(Cannot read properties/,
  ],
  [
    'whose WebAssembly has ended',
    { cause: new WebAssembly.RuntimeError('memory access out of bounds') },
    /^There is not enough memory/,
  ],
])('ends on a machine %s, and says so to whoever asks', async (_, failing, sentence) => {
  const session = sessionOf(failing);
  await expect(start(session)).rejects.toThrow(sentence);
  expect(await session.lost).toMatch(sentence);
  failing.cause = null;
  await expect(start(session)).rejects.toThrow(/ Load the model again\.$/);
  await session.destroy();
});
