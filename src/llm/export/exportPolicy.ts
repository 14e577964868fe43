// A policy of this laboratory as a model that transformers (Python) and transformers.js load as it stands:
//
//   config.json  generation_config.json  tokenizer.json  tokenizer_config.json
//   model.safetensors     for transformers, and to open here again
//   onnx/model.onnx       for transformers.js
//   README.md             how to load it
//
// The first five files are a checkpoint as the laboratory writes it anyway (src/policy/checkpoint.ts).

import {
  CheckpointError,
  type CheckpointFiles,
  CONFIG_FILE,
  type LoadedCheckpoint,
  writeCheckpoint,
} from '../../policy/checkpoint.ts';
import { parameterCount } from '../../policy/parameters.ts';
import { type JsonValue, jsonBytes, parseStrictJson } from '../../policy/strictJson.ts';
import { isFusible } from './attentionNodes.ts';
import { OnnxError } from './onnxWriter.ts';
import { policyToOnnx } from './qwen2Onnx.ts';

export const ONNX_FILE = 'onnx/model.onnx';
const CARD_FILE = 'README.md';

/** Thrown for a policy that cannot be exported, or whose export is not what it should be; the message is one sentence. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/**
 * All files of the export, by their path inside the model's folder.
 * @throws ExportError when the policy has no tokenizer, weights that do not fit or are not finite, or is too large
 */
export function exportForTransformers(checkpoint: LoadedCheckpoint): Map<string, Uint8Array> {
  const { config, parameters, tokenizer, tokenizerNote } = checkpoint;
  if (tokenizer === null)
    throw new ExportError(`The policy cannot be exported: ${tokenizerNote ?? 'it has no tokenizer that runs here.'}`);
  try {
    const files = new Map(writeCheckpoint({ ...checkpoint, trainer: null }));
    files.set(CONFIG_FILE, withRuntimeHints(files));
    files.set(ONNX_FILE, policyToOnnx(config, parameters));
    files.set(CARD_FILE, card(checkpoint));
    return files;
  } catch (cause) {
    if (cause instanceof CheckpointError || cause instanceof OnnxError) throw new ExportError(cause.message, { cause });
    throw cause;
  }
}

/** Without this, transformers.js asks for an 8-bit file on WebAssembly. */
function withRuntimeHints(files: CheckpointFiles): Uint8Array {
  const config = parseStrictJson(files.get(CONFIG_FILE)!, CONFIG_FILE) as { readonly [name: string]: JsonValue };
  return jsonBytes({ ...config, 'transformers.js_config': { dtype: 'fp32' } });
}

function card({ config, generation }: LoadedCheckpoint): Uint8Array {
  const { layers, width, heads, kvHeads, vocabulary, maxPositions } = config;
  const stops = generation.stopTokens.length === 0 ? 'none: generation ends at its length' : generation.stopTokens;
  return new TextEncoder().encode(`# A policy of the multi-temperature laboratory

A decoder of the Qwen2 architecture with ${parameterCount(config).toLocaleString('en')} parameters, in 32-bit floating
point: ${layers} layers of width ${width}, ${heads} heads on ${kvHeads} key/value heads, ${vocabulary} tokens (one
character each), at most ${maxPositions} positions. Token ids that end a completion: ${stops}.

With transformers.js, after unpacking this folder to where your page or program finds its models:

\`\`\`js
import { pipeline } from '@huggingface/transformers';
const generate = await pipeline('text-generation', 'FOLDER', { dtype: 'fp32' });
const [{ generated_text }] = await generate('PROMPT', { max_new_tokens: 64, do_sample: false });
\`\`\`

With transformers, from \`model.safetensors\`:

\`\`\`python
from transformers import AutoModelForCausalLM, AutoTokenizer
model, tokenizer = AutoModelForCausalLM.from_pretrained('FOLDER'), AutoTokenizer.from_pretrained('FOLDER')
\`\`\`

The graph in \`${ONNX_FILE}\` ${isFusible(config) ? "uses ONNX Runtime's GroupQueryAttention" : 'has standard operators for its attention'}. Batch only prompts of
equal length with it: padding on the left would shift the positions of the tokens.
`);
}
