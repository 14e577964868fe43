// transformers.js's own sampler, called as its generate() calls it: LogitsSampler row by row (multinomial with top-k off,
// so that the whole vocabulary can be drawn), on the CPU. At temperature 1 generate() warps nothing, so neither does this.
// It computes no entropy. The package does not export LogitsSampler, hence the imports from its source.

import { env } from 'transformers-source/env.js';
import { GenerationConfig } from 'transformers-source/generation/configuration_utils.js';
import { LogitsSampler } from 'transformers-source/generation/logits_sampler.js';
import { random } from 'transformers-source/utils/random.js';
import { Tensor } from 'transformers-source/utils/tensor.js';
import type { Contender } from '../contender.ts';

/** Its onnxruntime comes from this machine, not from a CDN. */
function configureRuntime(): void {
  const { wasm } = env.backends.onnx;
  if (wasm === undefined) throw new Error('transformers.js came without its onnxruntime.');
  wasm.wasmPaths = {
    mjs: new URL('./node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
    wasm: new URL('./node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
  };
}

export const contender: Contender = {
  name: 'transformersjs',

  async openSampling({ logits, rows, vocabulary, times }) {
    configureRuntime();
    const sampler = LogitsSampler.getSampler(
      new GenerationConfig({ do_sample: true, top_k: 0, num_beams: 1, temperature: 1 } as GenerationConfig),
    );
    const batch = Array.from(
      { length: rows },
      (_, row) => new Tensor('float32', logits.subarray(row * vocabulary, (row + 1) * vocabulary), [1, vocabulary]),
    );
    return {
      async draw(seed) {
        random.seed(seed);
        const tokens = new Int32Array(rows);
        for (let i = 0; i < times; i++) {
          for (let row = 0; row < rows; row++) {
            const [first] = await sampler._call(batch[row]!);
            tokens[row] = Number(first![0]);
          }
        }
        return { tokens, entropyNats: null };
      },
      close() {},
    };
  },
};
