// What is told of a model before it is loaded, from the hub's list of files or a folder's.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeModel, memoryNeed } from './describeModel.ts';
import { KNOWN_MODELS } from './knownModels.ts';
import type { ModelSource } from './session.ts';

const MB = 1e6;
const SMOL = { from: 'hub', repository: 'HuggingFaceTB/SmolLM2-135M-Instruct' } as const;
const CONFIG = {
  model_type: 'llama',
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  hidden_size: 576,
  vocab_size: 49_152,
  max_position_embeddings: 8192,
};
const TREE = [
  { type: 'directory', path: 'onnx', size: 0 },
  { type: 'file', path: 'config.json', size: 861 },
  { type: 'file', path: 'model.safetensors', size: 269 * MB },
  { type: 'file', path: 'onnx/model.onnx', size: 654 * MB },
  { type: 'file', path: 'onnx/model_fp16.onnx', size: 1 * MB },
  { type: 'file', path: 'onnx/model_fp16.onnx_data', size: 300 * MB },
  { type: 'file', path: 'onnx/model_fp16.onnx_data_1', size: 26 * MB },
  { type: 'file', path: 'onnx/model_q4f16.onnx', size: 134 * MB },
  { type: 'file', path: 'tokenizer.json', size: 2_104_556 },
  { type: 'file', path: 'tokenizer_config.json', size: 3_764 },
];

/** The hub's answers by path; what is not there is 404. Returns what was asked for. */
function hub(answers: Readonly<Record<string, unknown>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address);
    const { pathname } = new URL(address);
    const answer = answers[pathname];
    if (answer === undefined) return new Response(null, { status: 404 });
    return typeof answer === 'number' ? new Response(null, { status: answer }) : Response.json(answer);
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

const TREE_PATH = '/api/models/HuggingFaceTB/SmolLM2-135M-Instruct/tree/main';
const CONFIG_PATH = '/HuggingFaceTB/SmolLM2-135M-Instruct/resolve/main/config.json';

describe('a model of the hub', () => {
  it('is described from its list of files and its config, and nothing else is asked for', async () => {
    const asked = hub({ [TREE_PATH]: TREE, [CONFIG_PATH]: CONFIG });
    const description = await describeModel(SMOL);
    expect(description).toEqual({
      name: SMOL.repository,
      modelType: 'llama',
      layers: 30,
      kvHeads: 3,
      headWidth: 64,
      vocabulary: 49_152,
      maxPositions: 8192,
      dtypes: [
        { dtype: 'q4f16', bytes: 134 * MB, files: [{ path: 'onnx/model_q4f16.onnx', bytes: 134 * MB }] },
        {
          dtype: 'fp16',
          bytes: 327 * MB,
          files: [
            { path: 'onnx/model_fp16.onnx', bytes: 1 * MB },
            { path: 'onnx/model_fp16.onnx_data', bytes: 300 * MB },
            { path: 'onnx/model_fp16.onnx_data_1', bytes: 26 * MB },
          ],
        },
        { dtype: 'fp32', bytes: 654 * MB, files: [{ path: 'onnx/model.onnx', bytes: 654 * MB }] },
      ],
      otherBytes: 861 + 2_104_556 + 3_764,
    });
    expect(asked).toEqual([
      `https://huggingface.co${TREE_PATH}?recursive=true`,
      `https://huggingface.co${CONFIG_PATH}`,
    ]);
  });

  it('is asked of another hub, and at another revision, when these are named', async () => {
    const asked = hub({});
    await expect(
      describeModel({ ...SMOL, hub: 'https://hub.example/mirror', revision: 'refs/pr/1' }),
    ).rejects.toMatchObject({
      failure: 'hub',
      message: 'hub.example has no public model "HuggingFaceTB/SmolLM2-135M-Instruct" at revision "refs/pr/1".',
    });
    expect(asked).toEqual([
      'https://hub.example/mirror/api/models/HuggingFaceTB/SmolLM2-135M-Instruct/tree/refs%2Fpr%2F1?recursive=true',
    ]);
  });

  it.each<[string, ModelSource, Readonly<Record<string, unknown>>, string, string]>([
    [
      'a name that is none',
      { from: 'hub', repository: '../x' },
      {},
      'hub',
      '"../x" is no repository name: write it as owner/name.',
    ],
    [
      'a hub that is none',
      { ...SMOL, hub: 'file:///x' },
      {},
      'hub',
      '"file:///x" is no address of a hub: write it as https://huggingface.co/.',
    ],
    ['a gated model', SMOL, { [TREE_PATH]: 401 }, 'hub', `huggingface.co has no public model "${SMOL.repository}".`],
    [
      'a hub with a fault',
      SMOL,
      { [TREE_PATH]: 503 },
      'hub',
      'huggingface.co answered with an error (503): try again later.',
    ],
    [
      'an answer of another kind',
      SMOL,
      { [TREE_PATH]: { error: 'x' } },
      'hub',
      `huggingface.co answered for "${SMOL.repository}" with something that is no list of files.`,
    ],
    [
      'an image model',
      SMOL,
      { [TREE_PATH]: TREE, [CONFIG_PATH]: { model_type: 'vit', hidden_size: 8 } },
      'architecture',
      `"${SMOL.repository}" is a model of the type "vit", but only decoder-only language models can be stepped.`,
    ],
    [
      'a config of nonsense',
      SMOL,
      { [TREE_PATH]: TREE, [CONFIG_PATH]: [] },
      'files',
      `"${SMOL.repository}" is not a model that can be read: config.json: model_type is not accepted (Invalid key: Expected "model_type" but received undefined).`,
    ],
  ])('says what is wrong with %s', async (_, source, answers, failure, message) => {
    hub(answers);
    await expect(describeModel(source)).rejects.toMatchObject({ failure, message });
  });

  it('says that the hub cannot be reached, and finds it when it can', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    await expect(describeModel(SMOL)).rejects.toMatchObject({
      failure: 'hub',
      message: 'huggingface.co cannot be reached: check the connection, or open a folder on this machine instead.',
    });
    hub({ [TREE_PATH]: TREE, [CONFIG_PATH]: CONFIG });
    await expect(describeModel(SMOL)).resolves.toMatchObject({ layers: 30 });
    const stop = new AbortController();
    stop.abort();
    vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => signal?.throwIfAborted());
    await expect(describeModel(SMOL, stop.signal)).rejects.toBe(stop.signal.reason);
  });
});

it('adds up the memory that a group needs', async () => {
  hub({ [TREE_PATH]: TREE, [CONFIG_PATH]: CONFIG });
  const description = await describeModel(SMOL);
  const need = memoryNeed(description, 'q4f16', { rows: 4, positions: 500 });
  expect(need.weightsBytes).toBe(134 * MB);
  // Keys and values, old and new, in classes of size: 30 layers of 3 heads of width 64, four rows of 500, two bytes.
  expect(need.cacheBytes).toBe(8 * 30 * 3 * 64 * 4 * 500 * 2);
  expect(need.logitsBytes).toBe(4 * 49_152 * 500);
  expect(need.totalBytes).toBe(need.weightsBytes + need.cacheBytes + need.logitsBytes);
  expect(memoryNeed(description, 'fp32', { rows: 4, positions: 500 }).cacheBytes).toBe(2 * need.cacheBytes);
});

it('offers known models by names that a hub may have, each dtype once', () => {
  expect(KNOWN_MODELS.length).toBeGreaterThan(3);
  for (const { repository, dtypes } of KNOWN_MODELS) {
    expect(repository).toMatch(/^[\w.-]+\/[\w.-]+$/);
    expect(new Set(dtypes).size).toBe(dtypes.length);
  }
});
