// The shape of a policy: a Qwen2-architecture decoder (RMSNorm, RoPE, grouped-query attention with q/k/v bias,
// SwiGLU, tied or untied head), named as Hugging Face's config.json names it.

import * as v from 'valibot';

/** The architecture, in this project's words. All sizes are element counts. */
export interface PolicyConfig {
  readonly layers: number;
  /** Width of the residual stream, d. */
  readonly width: number;
  readonly heads: number;
  /** Key/value heads; divides `heads`. */
  readonly kvHeads: number;
  /** Width of one head; even, because RoPE turns pairs. */
  readonly headWidth: number;
  /** Width of the SwiGLU hidden layer. */
  readonly mlpWidth: number;
  /** Number of token ids, V. */
  readonly vocabulary: number;
  /** True: the head is the transposed embedding. */
  readonly tied: boolean;
  readonly ropeTheta: number;
  readonly rmsEpsilon: number;
  /** Longest sequence (prompt and completion) that the policy is meant for. */
  readonly maxPositions: number;
}

/** Thrown for a config that does not describe a policy this project can run; the message is one sentence. */
export class PolicyConfigError extends Error {
  override readonly name = 'PolicyConfigError';
}

const size = (limit: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limit));

const theta = v.pipe(v.number(), v.gtValue(0), v.finite());
/** Stretched rotary embeddings (yarn and others) are refused rather than run wrong. */
const plainRope = { rope_type: v.optional(v.literal('default')), type: v.optional(v.literal('default')) };

/** config.json of a Qwen2 checkpoint, the fields that matter here; others are carried by the file and ignored. */
const huggingFaceSchema = v.object({
  model_type: v.literal('qwen2'),
  num_hidden_layers: size(256),
  hidden_size: size(65_536),
  num_attention_heads: size(1024),
  num_key_value_heads: v.optional(size(1024)),
  head_dim: v.optional(v.nullable(size(4096))),
  intermediate_size: size(1_048_576),
  vocab_size: size(4_194_304),
  tie_word_embeddings: v.optional(v.boolean(), false),
  rope_theta: v.optional(theta, 10_000),
  /** transformers 5 writes theta here. */
  rope_parameters: v.optional(v.nullable(v.object({ ...plainRope, rope_theta: v.optional(theta) }))),
  rope_scaling: v.optional(v.nullable(v.object(plainRope))),
  use_sliding_window: v.optional(v.literal(false), false),
  rms_norm_eps: v.optional(v.pipe(v.number(), v.minValue(0), v.finite()), 1e-6),
  max_position_embeddings: v.optional(size(16_777_216), 32_768),
  hidden_act: v.optional(v.literal('silu'), 'silu'),
});

/** Reads a Hugging Face config.json object. @throws PolicyConfigError with one sentence naming the field. */
export function policyConfigFromHuggingFace(json: unknown): PolicyConfig {
  const result = v.safeParse(huggingFaceSchema, json);
  if (!result.success) {
    const issue = result.issues[0];
    const field = issue.path?.map((p) => String(p.key)).join('.') ?? 'config.json';
    throw new PolicyConfigError(`config.json: ${field} is not accepted (${issue.message.replace(/\.$/, '')}).`);
  }
  const c = result.output;
  return checkPolicyConfig({
    layers: c.num_hidden_layers,
    width: c.hidden_size,
    heads: c.num_attention_heads,
    kvHeads: c.num_key_value_heads ?? c.num_attention_heads,
    headWidth: c.head_dim ?? c.hidden_size / c.num_attention_heads,
    mlpWidth: c.intermediate_size,
    vocabulary: c.vocab_size,
    tied: c.tie_word_embeddings,
    ropeTheta: c.rope_parameters?.rope_theta ?? c.rope_theta,
    rmsEpsilon: c.rms_norm_eps,
    maxPositions: c.max_position_embeddings,
  });
}

/** The config.json that transformers and this project read back. */
export function policyConfigToHuggingFace(c: PolicyConfig): Record<string, unknown> {
  return {
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    num_hidden_layers: c.layers,
    hidden_size: c.width,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kvHeads,
    head_dim: c.headWidth,
    intermediate_size: c.mlpWidth,
    vocab_size: c.vocabulary,
    tie_word_embeddings: c.tied,
    rope_theta: c.ropeTheta,
    rms_norm_eps: c.rmsEpsilon,
    max_position_embeddings: c.maxPositions,
    hidden_act: 'silu',
    attention_dropout: 0,
    initializer_range: 0.02,
    use_cache: true,
    use_sliding_window: false,
    torch_dtype: 'float32',
  };
}

/** Checks the relations between sizes that the kernels rely on. @throws PolicyConfigError */
export function checkPolicyConfig(c: PolicyConfig): PolicyConfig {
  if (c.heads % c.kvHeads !== 0)
    throw new PolicyConfigError(
      `config.json: num_attention_heads (${c.heads}) must be a multiple of num_key_value_heads (${c.kvHeads}).`,
    );
  if (!Number.isInteger(c.headWidth) || c.headWidth % 2 !== 0)
    throw new PolicyConfigError(
      `config.json: the width of a head must be an even whole number, but hidden_size / num_attention_heads is ${c.headWidth}.`,
    );
  return c;
}
