// Every way in which a model does not load has its sentence, and the next load works.

import { expect, it } from 'vitest';
import { ONNX_FILE } from './export/exportPolicy.ts';
import { hungryOnCpu, hungryOnGpu } from './export/hungry.testing.ts';
import { countdownBase, exportedFiles, folder, openFolder, sampler } from './llm.testing.ts';
import { LlmError, type LlmFailure } from './llmError.ts';
import { loadModel } from './loadModel.ts';
import type { LlmSession, LoadOptions, LoadProgress, ModelFile } from './session.ts';

/** On a new device the runtime compiles all of its kernels: seconds on a GPU, minutes on a software one that is busy. */
const COMPILING_MS = 900_000;

const files = exportedFiles(await countdownBase());
const text = (value: string) => new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
const without = (path: string) => files.filter((file) => file.path !== path);
const changed = (path: string, content: ModelFile['content']) => [...without(path), { path, content }];
const config = (change: object) => {
  const { content } = files.find(({ path }) => path === 'config.json')!;
  const json = JSON.parse(new TextDecoder().decode(content as Uint8Array)) as object;
  return changed('config.json', text(JSON.stringify({ ...json, ...change })));
};

async function expectSteps(session: LlmSession): Promise<void> {
  const promptIds = session.encode({ text: '3 4 5 6>' });
  const group = await session.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 });
  await group.play(2);
  expect(group.steps).toBe(2);
  await session.destroy();
}

it.each<[string, readonly ModelFile[], LlmFailure, RegExp, Partial<LoadOptions>?]>([
  ['no config', without('config.json'), 'files', /^"countdown" holds no config.json: choose the folder of a model/],
  ['a config that is no JSON', changed('config.json', text('{')), 'files', /config.json is not valid JSON\.$/],
  ['an encoder-decoder', config({ is_encoder_decoder: true }), 'architecture', /only decoder-only language models/],
  [
    'an unknown architecture',
    config({ model_type: 'abacus' }),
    'architecture',
    /^"countdown" is a model of the type "abacus", which cannot be stepped here/,
  ],
  ['no tokenizer', without('tokenizer.json'), 'tokenizer', /^"countdown" holds no tokenizer.json: without it/],
  [
    'a broken tokenizer',
    changed('tokenizer.json', text('{"model":{}}')),
    'tokenizer',
    /^The tokenizer of "countdown" cannot be read/,
  ],
  ['no graph', without('onnx/model.onnx'), 'files', /^"countdown" holds its weights as safetensors only/],
  [
    'no graph and no weights',
    without('onnx/model.onnx').filter(({ path }) => path !== 'model.safetensors'),
    'files',
    /^"countdown" holds no ONNX file/,
  ],
  [
    'a graph of nonsense',
    changed('onnx/model.onnx', text('<!doctype html>')),
    'files',
    /^The graph of "countdown" \(onnx\/model.onnx\) cannot be run here/,
  ],
  [
    'a graph cut short',
    changed(
      'onnx/model.onnx',
      (files.find(({ path }) => path === 'onnx/model.onnx')!.content as Uint8Array<ArrayBuffer>).slice(0, 50_000),
    ),
    'files',
    /^The graph of "countdown" \(onnx\/model.onnx\) cannot be run here/,
  ],
  ['another dtype', files, 'files', /^"countdown" is not there as q4f16, but as fp32\.$/, { dtype: 'q4f16' }],
])('says in a sentence that there is %s', async (_, broken, failure, sentence, options) => {
  const error = await openFolder(broken, 'wasm', options).then(
    (session) => expectSteps(session),
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(LlmError);
  const { message, failure: kind } = error as LlmError;
  expect(message).toMatch(sentence);
  expect(message).toMatch(/^[^\n]{20,300}\.$/);
  expect(kind).toBe(failure);
  await expectSteps(await openFolder(files, 'wasm'));
});

it('loads a picked folder, whose name stands before its paths, with progress by file', async () => {
  const picked = files.map(({ path, content }) => ({ path: `my model/${path}`, content: new Blob([content]) }));
  const progress: LoadProgress[] = [];
  const session = await openFolder(picked, 'wasm', { onProgress: (news) => progress.push(news) });
  const { length } = files.find(({ path }) => path === 'onnx/model.onnx')!.content as Uint8Array;
  expect(progress.find(({ file, loadedBytes }) => file === 'onnx/model.onnx' && loadedBytes === length)).toEqual({
    stage: 'file',
    file: 'onnx/model.onnx',
    loadedBytes: length,
    totalBytes: length,
  });
  expect(progress).toContainEqual({ stage: 'compile', file: '', loadedBytes: 0, totalBytes: 0 });
  await expectSteps(session);
});

it('ends a cancelled load with its reason, and loads again', async () => {
  const stop = new AbortController();
  const loading = openFolder(files, 'wasm', {
    signal: stop.signal,
    onProgress: ({ file }) => file === 'onnx/model.onnx' && stop.abort(),
  });
  await expect(loading.catch((cause: unknown) => cause === stop.signal.reason)).resolves.toBe(true);
  await expect(openFolder(files, 'wasm', { signal: stop.signal })).rejects.toBe(stop.signal.reason);
  await expectSteps(await openFolder(files, 'wasm'));
});

it('loads another model under the same name as itself', async () => {
  const other = config({ eos_token_id: 3 }).filter(({ path }) => path !== 'generation_config.json');
  const [first, second] = [
    await openFolder(files, 'wasm'),
    await loadModel(folder(other), { dtype: 'fp32', device: 'wasm' }),
  ];
  expect(first.stopTokens).toEqual([19]);
  expect(second.stopTokens).toEqual([3]);
  await expectSteps(first);
  await expectSteps(second);
});

it('asks nothing of any network for files', async () => {
  const asked: string[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const address = String(input instanceof Request ? input.url : input);
    // The runtime's own code comes from where the page does.
    if (new URL(address, location.href).origin !== location.origin) asked.push(address);
    return fetch(input, init);
  };
  try {
    await expectSteps(await openFolder(files, 'wasm'));
  } finally {
    globalThis.fetch = fetch;
  }
  expect(asked).toEqual([]);
});

const TEMPLATE =
  '{% for message in messages %}{{ message.content }};{% endfor %}{% if add_generation_prompt %}>{% endif %}';

it.each<[string, (place: string) => readonly ModelFile[]]>([
  [
    'tokenizer_config.json',
    (path) => {
      const { content } = files.find((file) => file.path === path)!;
      const known = JSON.parse(new TextDecoder().decode(content as Uint8Array)) as object;
      return changed(path, text(JSON.stringify({ ...known, chat_template: TEMPLATE })));
    },
  ],
  ['chat_template.jinja', (path) => changed(path, text(TEMPLATE))],
])('asks through the chat template of %s', async (path, withTemplate) => {
  const session = await openFolder(withTemplate(path), 'wasm');
  expect(session.hasChatTemplate).toBe(true);
  const read = (ids: Int32Array) => session.decode(ids, 'keep');
  expect(read(session.encode({ system: '1', user: '2 3' }))).toBe('1;2 3;>');
  expect(read(session.encode({ user: '2 3' }))).toBe('2 3;>');
  await session.destroy();
});

it('says that memory ran out, and loads again', async () => {
  const session = await openFolder(files, 'webgpu');
  const promptIds = session.encode({ text: '3 4 5 6>' });
  const error = new GPUOutOfMemoryError('a buffer of 9 GB');
  lastDevice!.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
  await expect(
    session.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 }),
  ).rejects.toMatchObject({ failure: 'memory', message: expect.stringMatching(/^There is not enough memory/) });
  // What a device said once stands behind everything that it does afterwards.
  expect(await session.lost).toMatch(/^There is not enough memory .* close other tabs\.$/);
  await expect(
    session.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 }),
  ).rejects.toThrow(/^There is not enough memory .* Load the model again\.$/);
  await session.destroy();
  await expectSteps(await openFolder(files, 'wasm'));
});

/** The same model with this done to its graph. */
function hungry(change: (graph: Uint8Array) => Uint8Array<ArrayBuffer>): ModelFile[] {
  const { content } = files.find(({ path }) => path === ONNX_FILE)!;
  return changed(ONNX_FILE, change(content as Uint8Array<ArrayBuffer>));
}

it.each([
  ['of the CPU', 'wasm', hungryOnCpu],
  ['of the CPU, for a GPU', 'webgpu', hungryOnCpu],
  ['of the GPU', 'webgpu', hungryOnGpu],
] as const)(
  'says that memory %s ran out while the model ran, and loads again',
  async (_, device, change) => {
    const session = await openFolder(hungry(change), device);
    const promptIds = session.encode({ text: '3 4 5 6>' });
    const start = () => session.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 });
    const noMemory = { failure: 'memory', message: expect.stringMatching(/^There is not enough memory/) };
    await expect(start()).rejects.toMatchObject(noMemory);
    await session.destroy();
    await expectSteps(await openFolder(files, device));
  },
  COMPILING_MS,
);

it(
  'says that the device was lost, also in the midst of a step, and loads again',
  async () => {
    const session = await openFolder(files, 'webgpu');
    const promptIds = session.encode({ text: '3 4 5 6>' });
    const group = await session.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 });
    const step = group.step();
    lastDevice!.destroy();
    await expect(step).rejects.toThrow(/^The GPU device was closed .*\. Load the model again\.$/);
    await expect(group.step()).rejects.toMatchObject({ failure: 'device' });
    await session.destroy();
    const next = await openFolder(files, 'webgpu');
    await next.start({ promptIds, rollouts: 1, maxNewTokens: 4, sampler: sampler({}), seed: 1 });
    await next.destroy();
  },
  COMPILING_MS,
);

let lastDevice: GPUDevice | null = null;
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  lastDevice = await requestDevice.call(this, descriptor);
  return lastDevice;
};
