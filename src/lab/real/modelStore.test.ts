// Which weights of a model are taken where, before the reader says otherwise.

import { afterEach, expect, it, vi } from 'vitest';
import { DTYPE_SUFFIXES } from '../../llm/describeModel.ts';
import type { LlmDtype, ModelFile } from '../../llm/session.ts';
import { canRun } from './device.ts';
import { createModelStore } from './modelStore.ts';
import { engineClient } from './real.testing.ts';

afterEach(() => vi.unstubAllGlobals());

/** A browser with a GPU of these features; null: without one. */
function browser(features: readonly string[] | null) {
  const requestAdapter = async () => (features === null ? null : { features: new Set(features) });
  vi.stubGlobal('navigator', { gpu: { requestAdapter } });
}

const config = {
  model_type: 'qwen2',
  num_hidden_layers: 1,
  num_attention_heads: 1,
  hidden_size: 8,
  vocab_size: 20,
};
const text = (value: string) => new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
const filesOf = (dtypes: readonly LlmDtype[]): ModelFile[] => [
  { path: 'config.json', content: text(JSON.stringify(config)) },
  { path: 'tokenizer.json', content: text('{}') },
  ...dtypes.map((dtype) => ({ path: `onnx/model${DTYPE_SUFFIXES[dtype]}.onnx`, content: text(dtype) })),
];

async function taken(dtypes: readonly LlmDtype[]) {
  const never = () => {
    throw new Error('Nothing is loaded here.');
  };
  const store = createModelStore({ engine: () => engineClient(), startWorker: never });
  await store.choose({ kind: 'files', name: 'a model', files: filesOf(dtypes) });
  expect(store.getState().refusal).toBeNull();
  return store;
}

it.each<[readonly string[] | null, readonly LlmDtype[], LlmDtype, LlmDtype]>([
  [['shader-f16'], ['fp32', 'fp16', 'q4', 'q4f16', 'q8'], 'q4f16', 'q8'],
  [[], ['fp32', 'fp16', 'q4', 'q4f16', 'q8'], 'q4', 'q8'],
  [[], ['fp16', 'q4f16'], 'q4f16', 'fp16'],
  [[], ['fp16', 'fp32'], 'fp32', 'fp32'],
  [null, ['fp32', 'q4f16', 'int8'], 'int8', 'int8'],
])('with GPU features %j of %j takes %s, and %s on the CPU', async (features, dtypes, first, onCpu) => {
  browser(features);
  const store = await taken(dtypes);
  expect(store.getState()).toMatchObject({ dtype: first, device: features === null ? 'wasm' : 'webgpu' });
  store.setDevice('wasm');
  expect(store.getState().dtype).toBe(onCpu);
});

it('knows which weights a GPU without 16-bit floats cannot run', () => {
  const best = { device: 'webgpu', why: null, hasHalf: false } as const;
  expect(['fp32', 'fp16', 'q4', 'q4f16'].map((dtype) => canRun(dtype as LlmDtype, 'webgpu', best))).toEqual([
    ...[true, false],
    ...[true, false],
  ]);
  expect(canRun('q4f16', 'wasm', best)).toBe(true);
  expect(canRun('q4f16', 'webgpu', { ...best, hasHalf: true })).toBe(true);
});
