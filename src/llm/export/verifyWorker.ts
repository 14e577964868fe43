// A worker that checks one export and is ended then: transformers.js and the WebAssembly memory of ONNX Runtime go with it.

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { PolicyConfig } from '../../policy/config.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import { CharacterTokenizer } from '../../policy/tokenizer.ts';
import { type Verification, verifyExport } from './verifyExport.ts';

/** The one message that it takes. */
export interface ToVerifyWorker {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly config: PolicyConfig;
  readonly parameters: NamedTensors;
  /** The tokenizer's, in order of their ids; and which of them are special. */
  readonly tokens: readonly string[];
  readonly special: ReadonlySet<string>;
  readonly texts: readonly string[];
}

export type FromVerifyWorker =
  | { readonly progress: number }
  | { readonly verification: Verification }
  /** One sentence. */
  | { readonly refusal: string };

const say = (message: FromVerifyWorker) => self.postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<ToVerifyWorker>) => {
  const { files, config, parameters, tokens, special, texts } = data;
  const tokenizer = new CharacterTokenizer(tokens, special);
  const onProgress = (progress: number) => say({ progress });
  verifyExport(files, { config, parameters, tokenizer }, { device: 'wasm', wasmUrl, texts, onProgress }).then(
    (verification) => say({ verification }),
    (cause: unknown) => say({ refusal: cause instanceof Error ? cause.message : String(cause) }),
  );
});
