// Which engine a command runs on. Each is loaded only when it is asked for.

import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/errors.ts';
import type { PolicyConfig } from '../policy/config.ts';
import type { Backend, PolicyEngine } from '../policy/engine.ts';
import type { NamedTensors } from '../policy/parameters.ts';
import { choice, wholeOr } from './flags.ts';
import { InputError, type Io } from './io.ts';

const CHOICES = ['auto', 'webgpu', 'cpu', 'reference'] as const;
export type BackendChoice = (typeof CHOICES)[number];

const MAX_STREAM = 0xffffffff;

/** The flags that every command that computes shares. */
export const BACKEND_FLAG = choice(CHOICES, 'auto', 'where to compute; auto: a real GPU if there is one, else cpu');
export const NOISE_FLAGS = {
  seed: wholeOr(0, 'key of the noise: the same seed gives the same tokens'),
  stream: wholeOr(0, 'which batch of rollouts this is; another stream has other noise', { most: MAX_STREAM }),
};

/** A GPU, or the reason why there is none. */
type GpuSearch = { readonly gpu: Gpu } | { readonly reason: string };

/** Dawn ends the process with a crash when this is collected while a device lives. */
let dawn: GPU | null = null;

async function openDawn(): Promise<GpuSearch> {
  try {
    if (dawn === null) {
      const { create, globals } = await import('webgpu');
      Object.assign(globalThis, globals);
      dawn = create([]);
    }
    const { openGpu } = await import('../gpu/device.ts');
    return { gpu: await openGpu({ gpu: dawn }) };
  } catch (error) {
    if (error instanceof GpuError && error.failure === 'no-adapter')
      return { reason: 'WebGPU found no GPU here, and no SwiftShader of a Chromium.' };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What `choice` comes to on this machine, with the GPU if it is that. @throws InputError when there is no GPU */
export async function chooseBackend(
  wanted: BackendChoice,
  io: Io,
): Promise<{ backend: 'webgpu'; gpu: Gpu } | { backend: Exclude<Backend, 'webgpu'> }> {
  if (wanted === 'cpu' || wanted === 'reference') return { backend: wanted };
  const search = await openDawn();
  if ('gpu' in search) {
    if (wanted === 'webgpu' || !search.gpu.isSoftware) return { backend: 'webgpu', gpu: search.gpu };
    search.gpu.destroy();
  } else if (wanted === 'webgpu') throw new InputError(`--backend webgpu: ${search.reason}`);
  io.note('No GPU was found, so the CPU computes.');
  return { backend: 'cpu' };
}

/** An engine with the given parameters. Destroy it after use. */
export async function createEngine(
  wanted: BackendChoice,
  config: PolicyConfig,
  parameters: NamedTensors,
  io: Io,
): Promise<PolicyEngine> {
  const engine = await bareEngine(wanted, config, io);
  await engine.loadParameters(parameters);
  io.note(`Backend ${engine.backend}: ${engine.adapter}.`);
  return engine;
}

async function bareEngine(wanted: BackendChoice, config: PolicyConfig, io: Io): Promise<PolicyEngine> {
  const chosen = await chooseBackend(wanted, io);
  switch (chosen.backend) {
    case 'webgpu': {
      const { tuneWithFile } = await import('./tiles.ts');
      tuneWithFile(chosen.gpu);
      const { createGpuEngine } = await import('../policy/gpuEngine.ts');
      return createGpuEngine(chosen.gpu, config);
    }
    case 'cpu': {
      const { createCpuEngine } = await import('../cpu/engine.ts');
      return createCpuEngine(config);
    }
    case 'reference': {
      const { ReferenceEngine } = await import('../reference/engine.ts');
      return new ReferenceEngine(config);
    }
  }
}
