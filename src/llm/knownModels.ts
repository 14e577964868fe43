// Models that are suggested by name; none was run in this project yet: instruction-tuned, with a chat template, small enough for a browser.
// Any other repository whose onnx/ folder holds a decoder with a cache of keys and values can be named too.

import type { LlmDtype } from './session.ts';

export interface KnownModel {
  readonly repository: string;
  /** For people. */
  readonly name: string;
  /** Number of parameters. */
  readonly parameters: number;
  /** What it was made for, in one clause. */
  readonly about: string;
  /** The dtypes that the repository holds, the recommended one first. */
  readonly dtypes: readonly LlmDtype[];
}

export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    repository: 'onnx-community/Qwen2.5-0.5B-Instruct',
    name: 'Qwen2.5 0.5B Instruct',
    parameters: 494_000_000,
    about: 'general chat, the smallest Qwen2.5',
    dtypes: ['q4f16', 'q4', 'fp16', 'q8', 'int8', 'uint8', 'bnb4', 'fp32'],
  },
  {
    repository: 'onnx-community/Qwen2.5-Math-1.5B-Instruct',
    name: 'Qwen2.5-Math 1.5B Instruct',
    parameters: 1_540_000_000,
    about: 'mathematics step by step',
    dtypes: ['q4f16', 'q4', 'q8', 'int8', 'uint8', 'bnb4', 'fp16', 'fp32'],
  },
  {
    repository: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    name: 'SmolLM2 135M Instruct',
    parameters: 135_000_000,
    about: 'general chat, the smallest here',
    dtypes: ['q4f16', 'q4', 'fp16', 'fp32'],
  },
  {
    repository: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    name: 'SmolLM2 360M Instruct',
    parameters: 362_000_000,
    about: 'general chat',
    dtypes: ['q4f16', 'q4', 'fp16', 'fp32'],
  },
];
