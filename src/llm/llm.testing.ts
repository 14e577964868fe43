// The shipped Countdown base as a real language model: exported to ONNX, and loaded through transformers.js.

import type { Gpu } from '../gpu/device.ts';
import { type LoadedCheckpoint, readCheckpoint } from '../policy/checkpoint.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { createGpuEngine } from '../policy/gpuEngine.ts';
import { parseSamplerConfig, type SamplerConfigInput } from '../temperature/config.ts';
import { exportForTransformers } from './export/exportPolicy.ts';
import { loadModel } from './loadModel.ts';
import type { LlmDevice, LlmSession, LoadOptions, ModelFile, ModelSource } from './session.ts';

const FILES = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

/** Two layers of width 64, 20 tokens. */
export async function countdownBase(): Promise<LoadedCheckpoint> {
  const files = await Promise.all(
    FILES.map(async (name) => {
      const response = await fetch(`/bases/countdown/${name}`);
      return [name, new Uint8Array(await response.arrayBuffer())] as const;
    }),
  );
  return readCheckpoint(new Map(files));
}

/** The files that a browser would pick from the export's folder. */
export function exportedFiles(checkpoint: LoadedCheckpoint): ModelFile[] {
  return [...exportForTransformers(checkpoint)].map(([path, bytes]) => ({
    path,
    content: bytes as Uint8Array<ArrayBuffer>,
  }));
}

export const folder = (files: readonly ModelFile[]): ModelSource => ({ from: 'files', name: 'countdown', files });

export function openFolder(
  files: readonly ModelFile[],
  device: LlmDevice,
  options: Partial<LoadOptions> = {},
): Promise<LlmSession> {
  return loadModel(folder(files), { dtype: 'fp32', device, ...options });
}

/** The same policy on our own engine. */
export async function ownEngine(gpu: Gpu, { config, parameters }: LoadedCheckpoint): Promise<PolicyEngine> {
  const engine = await createGpuEngine(gpu, config);
  await engine.loadParameters(parameters);
  return engine;
}

export const sampler = (input: SamplerConfigInput) => parseSamplerConfig(input, 'evaluation');
