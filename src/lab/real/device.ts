// What a model would run on in this browser.

import type { LlmDevice } from '../../llm/session.ts';

export interface DeviceChoice {
  readonly device: LlmDevice;
  /** Why it is not the GPU; null where it is. One sentence. */
  readonly why: string | null;
}

/** WebGPU where the browser gives the page a GPU; else WebAssembly on the CPU. */
export async function bestDevice(): Promise<DeviceChoice> {
  // Absent in browsers without WebGPU, whatever the types say.
  const { gpu } = (globalThis.navigator ?? {}) as { readonly gpu?: GPU };
  if (gpu === undefined) return { device: 'wasm', why: 'This browser has no WebGPU.' };
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter === null
    ? { device: 'wasm', why: 'The browser has WebGPU, but gives this page no GPU.' }
    : { device: 'webgpu', why: null };
}
