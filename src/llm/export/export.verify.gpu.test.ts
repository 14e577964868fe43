// The exported graph in a browser, on both of its devices: the real transformers.js with WebGPU and with WebAssembly.

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { expect, it } from 'vitest';
import { drawnPolicy } from './export.testing.ts';
import { exportForTransformers } from './exportPolicy.ts';
import { verifyExport } from './verifyExport.ts';

it.each([
  ['fused attention, tied', drawnPolicy({ tied: true })],
  ['plain attention, untied', drawnPolicy({ headWidth: 6 })],
])('has the logits of the oracle on WebGPU and WebAssembly: %s', async (_, checkpoint) => {
  const files = exportForTransformers(checkpoint);
  const wasmBinary = await (await fetch(wasmUrl)).arrayBuffer();
  for (const device of ['wasm', 'webgpu'] as const) {
    const done = await verifyExport(files, checkpoint, { device, wasmBinary, texts: ['abc', 'cabcabcabcabcabcab'] });
    expect(done.largestDifference, device).toBeLessThan(1e-4);
  }
});
