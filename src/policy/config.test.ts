import { describe, expect, it } from 'vitest';
import { PolicyConfigError, policyConfigFromHuggingFace, policyConfigToHuggingFace } from './config.ts';

/** config.json of Qwen/Qwen2.5-0.5B-Instruct. */
const QWEN = {
  architectures: ['Qwen2ForCausalLM'],
  attention_dropout: 0.0,
  bos_token_id: 151643,
  eos_token_id: 151645,
  hidden_act: 'silu',
  hidden_size: 896,
  initializer_range: 0.02,
  intermediate_size: 4864,
  max_position_embeddings: 32768,
  max_window_layers: 21,
  model_type: 'qwen2',
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000.0,
  sliding_window: 32768,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  transformers_version: '4.43.1',
  use_cache: true,
  use_sliding_window: false,
  vocab_size: 151936,
};

describe('config.json', () => {
  it('of a real Qwen2.5 is read', () => {
    expect(policyConfigFromHuggingFace(QWEN)).toEqual({
      layers: 24,
      width: 896,
      heads: 14,
      kvHeads: 2,
      headWidth: 64,
      mlpWidth: 4864,
      vocabulary: 151_936,
      tied: true,
      ropeTheta: 1_000_000,
      rmsEpsilon: 1e-6,
      maxPositions: 32_768,
    });
  });

  it('is read as transformers 5 writes it', () => {
    const { rope_theta, ...rest } = QWEN;
    const json = { ...rest, rope_parameters: { rope_type: 'default', rope_theta }, rope_scaling: null };
    expect(policyConfigFromHuggingFace(json)).toEqual(policyConfigFromHuggingFace(QWEN));
  });

  it('is read back as it was written', () => {
    const config = { ...policyConfigFromHuggingFace(QWEN), headWidth: 32, tied: false, rmsEpsilon: 1e-5 };
    expect(policyConfigFromHuggingFace(JSON.parse(JSON.stringify(policyConfigToHuggingFace(config))))).toEqual(config);
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { model_type: 'qwen3' },
      'config.json: model_type is not accepted (Invalid type: Expected "qwen2" but received "qwen3").',
    ],
    [{ vocab_size: 0 }, 'config.json: vocab_size is not accepted (Invalid value: Expected >=1 but received 0).'],
    [{ rope_theta: -1 }, 'config.json: rope_theta is not accepted (Invalid value: Expected >0 but received -1).'],
    [
      { rope_scaling: { type: 'yarn', factor: 4 } },
      'config.json: rope_scaling.type is not accepted (Invalid type: Expected "default" but received "yarn").',
    ],
    [
      { use_sliding_window: true },
      'config.json: use_sliding_window is not accepted (Invalid type: Expected false but received true).',
    ],
    [
      { num_key_value_heads: 4 },
      'config.json: num_attention_heads (14) must be a multiple of num_key_value_heads (4).',
    ],
    [
      { num_attention_heads: 16, num_key_value_heads: 2, hidden_size: 900 },
      'config.json: the width of a head must be an even whole number, but hidden_size / num_attention_heads is 56.25.',
    ],
  ])('with %j is refused', (change, sentence) => {
    expect(() => policyConfigFromHuggingFace({ ...QWEN, ...change })).toThrow(new PolicyConfigError(sentence));
  });
});
