// Loads an exported model from memory with transformers.js, as a program of somebody else would load its folder.
//
// This sets transformers.js up for the whole worker (or process): it gets these files and asks nothing of any network.

import type { PreTrainedModel, PreTrainedTokenizer, Tensor as TensorType } from '@huggingface/transformers';
import type { CheckpointFiles } from '../../policy/checkpoint.ts';

/** 'cpu' is ONNX Runtime for Node; the other two are for browsers. */
export type RuntimeDevice = 'cpu' | 'wasm' | 'webgpu';

export interface RuntimeChoice {
  readonly device: RuntimeDevice;
  /** ONNX Runtime's WebAssembly file; must be there in a browser, or a CDN would be asked. */
  readonly wasmBinary?: ArrayBuffer;
}

export interface LoadedBack {
  readonly model: PreTrainedModel;
  readonly tokenizer: PreTrainedTokenizer;
  /** Logits [ids.length, V] of one row, read at once (`cached` = 0), or the last `cached` tokens one at a time. */
  logits(ids: Int32Array, cached: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

let count = 0;

/** @throws whatever transformers.js or ONNX Runtime throw */
export async function loadBack(files: CheckpointFiles, { device, wasmBinary }: RuntimeChoice): Promise<LoadedBack> {
  const { AutoModelForCausalLM, AutoTokenizer, DynamicCache, env, LogLevel, Tensor } = await import(
    '@huggingface/transformers'
  );
  // A new name each time: nothing that was loaded before is found under it.
  const name = `export-${count++}`;
  // Asked for as a file of this machine, and again as one of the hub.
  const inFolder = (key: string) => key.slice(key.indexOf(`${name}/`) + name.length + 1).replace('resolve/main/', '');
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.fetch = async () => new Response(null, { status: 404 });
  env.useCustomCache = true;
  env.customCache = {
    match: async (key) => {
      const bytes = files.get(inFolder(key));
      if (bytes === undefined) return undefined;
      return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-length': `${bytes.length}` } });
    },
    put: async () => {},
  };
  env.logLevel = LogLevel.ERROR;
  const { wasm } = env.backends.onnx;
  if (wasm !== undefined && wasmBinary !== undefined) {
    wasm.wasmBinary = wasmBinary;
    // What transformers.js has set is the address of a CDN; what reads the file is part of the program itself.
    wasm.wasmPaths = {};
    // More would need a page that is isolated from all others.
    wasm.numThreads = 1;
  }
  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const model = await AutoModelForCausalLM.from_pretrained(name, { device });

  const row = (values: BigInt64Array) => new Tensor('int64', values, [1, values.length]);
  const logits = async (ids: Int32Array, cached: number) => {
    const rows: Float32Array[] = [];
    const cache = new DynamicCache();
    try {
      for (let from = 0, to = ids.length - cached; from < ids.length; from = to++) {
        const output = await model.forward({
          input_ids: row(BigInt64Array.from(ids.subarray(from, to), BigInt)),
          attention_mask: row(new BigInt64Array(to).fill(1n)),
          past_key_values: from === 0 ? null : cache,
        });
        rows.push(output.logits.data as Float32Array);
        const present = Object.entries(output as Record<string, TensorType>).flatMap(([key, value]) =>
          key.startsWith('present.') ? [[key.replace('present', 'past_key_values'), value]] : [],
        );
        cache.update(Object.fromEntries(present));
      }
      return concatenated(rows);
    } finally {
      await cache.dispose();
    }
  };
  return {
    model,
    tokenizer,
    logits,
    dispose: async () => {
      await model.dispose();
    },
  };
}

function concatenated(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of rows) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
