// generation_config.json: where a completion stops, and the ids that pad and begin sequences.

import * as v from 'valibot';
import { jsonBytes, parseJsonAs } from './strictJson.ts';

export interface GenerationConfig {
  /** Sampling one of these ends a rollout. Empty: only the length does. */
  readonly stopTokens: readonly number[];
  readonly padToken: number | null;
  readonly beginToken: number | null;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const schema = v.object({
  eos_token_id: v.optional(v.nullable(v.union([id, v.array(id)])), null),
  pad_token_id: v.optional(v.nullable(id), null),
  bos_token_id: v.optional(v.nullable(id), null),
});

/** Reads these fields of generation_config.json, or of a config.json, which may hold them too. @throws JsonError */
export function readGenerationConfig(bytes: Uint8Array, label: string): GenerationConfig {
  const { eos_token_id: eos, pad_token_id, bos_token_id } = parseJsonAs(schema, bytes, label);
  return {
    stopTokens: eos === null ? [] : typeof eos === 'number' ? [eos] : eos,
    padToken: pad_token_id,
    beginToken: bos_token_id,
  };
}

/** The ids under Hugging Face's names; one stop token is written as a number, as is the custom. */
export function tokenIdFields({ stopTokens, padToken, beginToken }: GenerationConfig): Record<string, unknown> {
  return {
    ...(stopTokens.length > 0 && { eos_token_id: stopTokens.length === 1 ? stopTokens[0] : stopTokens }),
    ...(padToken !== null && { pad_token_id: padToken }),
    ...(beginToken !== null && { bos_token_id: beginToken }),
  };
}

/** A generation_config.json with which transformers samples from the plain softmax, as training does. */
export function writeGenerationConfig(config: GenerationConfig): Uint8Array<ArrayBuffer> {
  // transformers truncates to the top 50 tokens unless told not to.
  return jsonBytes({ ...tokenIdFields(config), do_sample: true, temperature: 1, top_k: 0, top_p: 1 });
}
