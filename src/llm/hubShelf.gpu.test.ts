// A model of a hub: loaded once over the network, then from the browser's cache, listed with sizes, deleted.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeModel } from './describeModel.ts';
import { cachedModels, deleteCached } from './hubShelf.ts';
import { countdownBase, exportedFiles, sampler } from './llm.testing.ts';
import { loadModel } from './loadModel.ts';
import type { ModelSource } from './session.ts';

const HUB = 'https://hub.example/';
const REPOSITORY = 'lab/countdown';
/** The same model under another name. */
const CANCELLED = 'lab/cancelled';
const source = { from: 'hub', repository: REPOSITORY, hub: HUB } satisfies ModelSource;
const files = new Map(
  exportedFiles(await countdownBase()).map(({ path, content }) => [path, content as Uint8Array<ArrayBuffer>]),
);
const load = () => loadModel(source, { dtype: 'fp32', device: 'wasm' });

let asked: string[] = [];
let isReachable = true;
const { fetch } = globalThis;
beforeEach(async () => {
  asked = [];
  isReachable = true;
  await deleteCached({ hub: HUB, repository: REPOSITORY, revision: 'main' });
  globalThis.fetch = async (input, init) => {
    const address = String(input).replace(CANCELLED, REPOSITORY);
    // The runtime's own code comes from where the page does.
    if (new URL(address, location.href).origin === location.origin) return fetch(input, init);
    asked.push(address);
    if (!isReachable) throw new TypeError('Failed to fetch');
    init?.signal?.throwIfAborted();
    if (address === `${HUB}api/models/${REPOSITORY}/tree/main?recursive=true`)
      return Response.json([...files].map(([path, { length }]) => ({ type: 'file', path, size: length })));
    const bytes = files.get(address.replace(`${HUB}${REPOSITORY}/resolve/main/`, ''));
    return bytes === undefined ? new Response(null, { status: 404 }) : new Response(bytes);
  };
});
afterEach(() => {
  globalThis.fetch = fetch;
});

it('asks only the chosen hub, each file once, then opens without it until it is deleted', async () => {
  const session = await load();
  const promptIds = session.encode({ text: '3 4 5 6>' });
  const group = await session.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 });
  await group.step();
  await session.destroy();
  expect(asked.every((address) => address.startsWith(HUB))).toBe(true);
  expect(asked.filter((address) => address.endsWith('onnx/model.onnx'))).toHaveLength(1);
  expect(asked.some((address) => address.endsWith('.safetensors'))).toBe(false);

  const used = ['config.json', 'generation_config.json', 'onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'];
  const kept = async () => (await cachedModels()).find(({ repository }) => repository === REPOSITORY);
  await expect
    .poll(async () => (await kept())?.files.map(({ path }) => path).sort(), { timeout: 10_000 })
    .toEqual(used);
  const model = (await kept())!;
  expect(model).toMatchObject({ hub: HUB, revision: 'main' });
  expect(Object.fromEntries(model.files.map(({ path, bytes }) => [path, bytes]))).toEqual(
    Object.fromEntries(used.map((path) => [path, files.get(path)!.length])),
  );
  expect(model.bytes).toBe(used.reduce((sum, path) => sum + files.get(path)!.length, 0));

  isReachable = false;
  await expect(describeModel(source)).resolves.toMatchObject({ vocabulary: 20 });
  await (await load()).destroy();

  expect(await deleteCached(model)).toBe(true);
  expect(await kept()).toBeUndefined();
  expect(await deleteCached(model)).toBe(false);
  await expect(load()).rejects.toMatchObject({ failure: 'hub' });
  isReachable = true;
  await (await load()).destroy();
});

it('keeps nothing of a file whose transfer was cancelled', async () => {
  const stop = new AbortController();
  const loading = loadModel(
    { ...source, repository: CANCELLED },
    {
      dtype: 'fp32',
      device: 'wasm',
      signal: stop.signal,
      onProgress: ({ file }) => file === 'tokenizer.json' && stop.abort(),
    },
  );
  await expect(loading.catch((cause: unknown) => cause === stop.signal.reason)).resolves.toBe(true);
  expect(asked.some((address) => address.endsWith('.onnx'))).toBe(false);
  const [model] = (await cachedModels()).filter(({ repository }) => repository === CANCELLED);
  expect(model?.files.some(({ path }) => path.endsWith('.onnx'))).not.toBe(true);
});
