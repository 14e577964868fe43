// What the rest of the laboratory knows of a language model that was loaded through transformers.js: describe it, load
// it, start a group of rollouts, step. No more than this file is needed to write a service or a room against.
//
//   describeModel(source)            sizes, and with memoryNeed() the memory, before anything large is loaded
//   loadModel(source, ...)           -> LlmSession   one model on one device
//   session.start(request)           -> LlmGroup     G rollouts of one prompt, all rows of equal length
//   group.step(), play(), back()     tokens come and go; records are those of the small policies (src/temperature/record.ts)
//   group.branch(...)                -> LlmGroup     the same rollouts up to a token, and another token there
//
// Everything lives in one worker. All calls of a session are queued: the runtime hangs when two runs overlap. Groups and
// sessions hold GPU memory until they are disposed of by hand. Failures are LlmErrors (llmError.ts), one sentence each;
// a cancelled call rejects with the signal's reason.

import type { Rollout } from '../policy/engine.ts';
import type { SamplerConfig } from '../temperature/config.ts';

/** How weights are stored, under transformers.js's names; each is a file of its own (onnx/model_q4f16.onnx ...). */
export type LlmDtype = 'fp32' | 'fp16' | 'q8' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4';

/** 'webgpu': ONNX Runtime and our sampler on one GPUDevice. 'wasm': both on the CPU, for browsers without WebGPU. */
export type LlmDevice = 'webgpu' | 'wasm';

/** A file of a model's folder. */
export interface ModelFile {
  /** Inside the folder, with slashes: "config.json", "onnx/model.onnx". */
  readonly path: string;
  /** A File that a person picked, or bytes in memory. */
  readonly content: Blob | Uint8Array<ArrayBuffer>;
}

export type ModelSource =
  | {
      readonly from: 'hub';
      /** "owner/name" */
      readonly repository: string;
      /** Branch, tag or commit; default 'main'. */
      readonly revision?: string;
      /** Default https://huggingface.co/; another address is a mirror of it. */
      readonly hub?: string;
    }
  | {
      /** A folder on disk, or files in memory: nothing is asked of any network. */
      readonly from: 'files';
      /** For people. */
      readonly name: string;
      readonly files: readonly ModelFile[];
    };

/** The weights of a model in one dtype. */
export interface DtypeChoice {
  readonly dtype: LlmDtype;
  /** The graph, and its data files if there are any. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly bytes: number;
}

/** What a model is, read from its small files alone. */
export interface ModelDescription {
  readonly name: string;
  /** As config.json says: "qwen2", "llama" ... */
  readonly modelType: string;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  /** V. */
  readonly vocabulary: number;
  /** Longest sequence the model was made for, prompt and completion. */
  readonly maxPositions: number;
  /** Smallest first; at least one. */
  readonly dtypes: readonly DtypeChoice[];
  /** config.json, tokenizer and the like, in bytes. */
  readonly otherBytes: number;
}

/** What is needed at most while `rows` rollouts of `positions` tokens (prompt and completion) are stepped, in bytes. */
export interface MemoryNeed {
  readonly weightsBytes: number;
  /** Keys and values, old and new: a step writes every cache anew before the old one is let go. */
  readonly cacheBytes: number;
  readonly logitsBytes: number;
  readonly totalBytes: number;
}

export interface LoadOptions {
  readonly dtype: LlmDtype;
  readonly device: LlmDevice;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

/** One file's progress; the files of a model are loaded at the same time. */
export interface LoadProgress {
  /** 'file': a file arrives. 'compile': all files are here, and the runtime builds its graph and its GPU buffers. */
  readonly stage: 'file' | 'compile';
  /** The file's path; '' while compiling. */
  readonly file: string;
  readonly loadedBytes: number;
  /** 0: not known. */
  readonly totalBytes: number;
}

/** A model of the hub that the browser keeps. */
export interface CachedModel {
  readonly repository: string;
  readonly revision: string;
  readonly hub: string;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly bytes: number;
}

/** A prompt in words. */
export type PromptText =
  /** Through the model's chat template, up to where the assistant's answer begins. */
  | { readonly system?: string; readonly user: string }
  /** As it stands, with the begin token if the tokenizer puts one. */
  | { readonly text: string };

export interface StartRequest {
  readonly promptIds: Int32Array;
  /** G. */
  readonly rollouts: number;
  readonly maxNewTokens: number;
  readonly sampler: SamplerConfig;
  /** With `stream`, the row and the token's place this keys the noise, as it does for the small policies. */
  readonly seed: number;
  /** Default 0. */
  readonly stream?: number;
  /** Tokens that end a rollout; default: the model's own. At most 16. */
  readonly stopTokens?: readonly number[];
  /** What kept queues hold before the first token, oldest first, by queue index. */
  readonly queuesBefore?: readonly Float32Array[];
  readonly signal?: AbortSignal;
}

export interface StepOptions {
  /** By row: the token that is taken instead of the drawn one; null leaves it to the draw. */
  readonly forced?: readonly (number | null)[];
  readonly signal?: AbortSignal;
}

export interface BranchRequest {
  /** The place in the completion where row `row` takes `token`. */
  readonly row: number;
  readonly index: number;
  readonly token: number;
  /** Noise of the tokens behind it; default: the group's own, so that only the choice differs. Another is fresh noise. */
  readonly stream?: number;
  /** Default: the group's. */
  readonly sampler?: SamplerConfig;
  readonly signal?: AbortSignal;
}

/** One distribution of a token: the raw one, or what the rule would draw from. */
export interface AlternativeColumn {
  readonly kind: 'raw' | 'hot' | 'cold' | 'drawn';
  readonly tau: number;
  /** softmax(z / tau) of each listed token, before truncation. */
  readonly p: Float32Array;
  /** The same of what truncation keeps, renormalised; 0: excluded. For 'raw' equal to p. */
  readonly kept: Float32Array;
  /** Of all tokens that are not listed, before truncation. */
  readonly restP: number;
}

/** The likeliest tokens at one place. */
export interface Alternatives {
  /** By falling logit; equal logits by rising id. */
  readonly ids: Int32Array;
  /** log softmax(z), nats. */
  readonly logp1: Float32Array;
  /** Raw, then cold and hot where the rule has two temperatures, then what it was drawn from if that is none of them. */
  readonly columns: readonly AlternativeColumn[];
  readonly entropyNats: number;
}

/**
 * G rollouts of one prompt. Rows that have ended keep their place in the batch and change no more.
 * A group that a call of it failed in stands where it stood before that call.
 */
export interface LlmGroup {
  readonly promptIds: Int32Array;
  readonly sampler: SamplerConfig;
  readonly seed: number;
  readonly stream: number;
  readonly maxNewTokens: number;
  /** Tokens of the longest row: where the next step draws. */
  readonly steps: number;
  /** True: every row has ended, by a stop token or by maxNewTokens. */
  readonly isDone: boolean;
  /** All rows as they stand; the same objects until the next token. */
  readonly rollouts: readonly Rollout[];

  /** Draws one token for every live row. Does nothing when all are done. */
  step(options?: StepOptions): Promise<void>;
  /** Up to `count` steps, or until all rows are done. A cancelled play keeps the tokens that came. */
  play(count: number, options?: { readonly signal?: AbortSignal; readonly onStep?: () => void }): Promise<void>;
  /** Forgets every token from step `steps` on: drawn again, they race against the same noise. */
  back(steps: number): Promise<void>;
  /** Draws by other settings from the next token on. Queue contents follow from the recorded entropies. */
  setSampler(sampler: SamplerConfig): Promise<void>;
  /**
   * A new group that stands at `index` with the same tokens before it. Its coming steps give row `row` the token
   * `token`, and the other rows the tokens that they have here; whatever comes after these is drawn.
   */
  branch(request: BranchRequest): Promise<LlmGroup>;
  /**
   * The `count` (at most 64) likeliest tokens at place `index` of a row, by the sampler's temperatures for that row;
   * index = the row's length asks for its next token. A place in the past costs one run of the model.
   */
  alternatives(row: number, index: number, count: number): Promise<Alternatives>;
  /** What the entropy queues hold now, oldest first, by queue index. */
  queues(): readonly Float32Array[];
  /** Frees its caches. */
  dispose(): void;
}

/** One model on one device. */
export interface LlmSession {
  readonly name: string;
  readonly dtype: LlmDtype;
  readonly device: LlmDevice;
  /** What runs it, in words: the GPU's name, or the CPU. */
  readonly adapter: string;
  readonly description: ModelDescription;
  /** Ids at which a completion ends, by generation_config.json and the tokenizer. */
  readonly stopTokens: readonly number[];
  readonly hasChatTemplate: boolean;

  /** @throws LlmError 'request' when there is no chat template and a chat is asked for */
  encode(prompt: PromptText): Int32Array;
  /** Ids to text. `special`: written out, or left out. */
  decode(ids: ArrayLike<number>, special: 'keep' | 'drop'): string;
  /** The text of each token by itself, white space as it is; special tokens by name; parts of characters as \\xE2. */
  pieces(ids: ArrayLike<number>): string[];
  /** Reads the prompt (once for the same ids) and copies its cache to G rows. */
  start(request: StartRequest): Promise<LlmGroup>;
  /** Resolves with a sentence when the GPU is gone or has failed, so that nothing can be run any more; never on wasm. */
  readonly lost: Promise<string>;
  /** Frees the model, every group and the device. */
  destroy(): Promise<void>;
}
