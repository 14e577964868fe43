// A worker that checks one export and is ended then: transformers.js and the WebAssembly memory of ONNX Runtime go with it.

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { PolicyConfig } from '../../policy/config.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import { CharacterTokenizer } from '../../policy/tokenizer.ts';
import { ExportError } from './exportPolicy.ts';
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

/** Share of the work when ONNX Runtime is here. */
const FETCHED = 0.5;

const say = (message: FromVerifyWorker) => self.postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<ToVerifyWorker>) => {
  verify(data).then(
    (verification) => say({ verification }),
    (cause: unknown) => say({ refusal: cause instanceof Error ? cause.message : String(cause) }),
  );
});

async function verify({ files, config, parameters, tokens, special, texts }: ToVerifyWorker): Promise<Verification> {
  const wasmBinary = await fetchRuntime((share) => say({ progress: FETCHED * share }));
  const tokenizer = new CharacterTokenizer(tokens, special);
  const onProgress = (share: number) => say({ progress: FETCHED + (1 - FETCHED) * share });
  return verifyExport(files, { config, parameters, tokenizer }, { device: 'wasm', wasmBinary, texts, onProgress });
}

async function fetchRuntime(onProgress: (share: number) => void): Promise<ArrayBuffer> {
  try {
    const response = await fetch(wasmUrl);
    if (!response.ok || response.body === null) throw new Error(`the answer was ${response.status}`);
    // The length of a compressed answer says nothing about what arrives here.
    const isPlain = response.headers.get('content-encoding') === null;
    const total = isPlain ? Number(response.headers.get('content-length')) : 0;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.length;
      if (total > 0) onProgress(Math.min(1, bytes / total));
    }
    return new Blob(parts).arrayBuffer();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ExportError(
      `The export could not be checked, so it is not offered: ONNX Runtime did not arrive from the page's own address (${reason}).`,
    );
  }
}
