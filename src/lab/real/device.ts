// What a model would run on in this browser.

import type { LlmDevice, LlmDtype } from '../../llm/session.ts';

export interface DeviceChoice {
  readonly device: LlmDevice;
  /** Why it is not the GPU; null where it is. One sentence. */
  readonly why: string | null;
  /** Whether the GPU computes in 16-bit floats; true where there is none: the CPU widens them. */
  readonly hasHalf: boolean;
}

/** Dtypes that compute in 16-bit floats, which not every GPU has. */
const HALF_DTYPES: readonly LlmDtype[] = ['fp16', 'q4f16'];

/** Whether weights of this dtype can be run there. */
export const canRun = (dtype: LlmDtype, device: LlmDevice | null, best: DeviceChoice | null): boolean =>
  device === 'wasm' || best?.hasHalf !== false || !HALF_DTYPES.includes(dtype);

/** WebGPU where the browser gives the page a GPU; else WebAssembly on the CPU. */
export async function bestDevice(): Promise<DeviceChoice> {
  // Absent in browsers without WebGPU, whatever the types say.
  const { gpu } = (globalThis.navigator ?? {}) as { readonly gpu?: GPU };
  if (gpu === undefined) return { device: 'wasm', why: 'This browser has no WebGPU.', hasHalf: true };
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter === null
    ? { device: 'wasm', why: 'The browser has WebGPU, but gives this page no GPU.', hasHalf: true }
    : { device: 'webgpu', why: null, hasHalf: adapter.features.has('shader-f16') };
}
