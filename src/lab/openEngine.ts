// Chooses what the page runs on: the GPU, or, where there is none, the CPU engine, which is only then loaded.

import { openGpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/errors.ts';
import type { PolicyConfig } from '../policy/config.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { createGpuEngine } from '../policy/gpuEngine.ts';
import { tuneWithStorage } from './tiles.ts';

export interface OpenedEngine {
  readonly engine: PolicyEngine;
  /** Why it is not the GPU, in one sentence; null when it is. */
  readonly notice: string | null;
  /** Resolves with a sentence when the GPU is gone. */
  readonly lost: Promise<string> | null;
}

/** Opens the GPU engine, else the CPU engine. Parameters are 0 until loadParameters. */
export async function openEngine(config: PolicyConfig): Promise<OpenedEngine> {
  try {
    const gpu = await openGpu();
    await tuneWithStorage(gpu);
    return { engine: await createGpuEngine(gpu, config), notice: null, lost: gpu.lost };
  } catch (cause) {
    if (!(cause instanceof GpuError)) throw cause;
    const { createCpuEngine } = await import('../cpu/engine.ts');
    return { engine: await createCpuEngine(config), notice: cause.message, lost: null };
  }
}
