// What the kernels of one sampler share: its sizes, and the settings that may change between blocks.
// src/temperature/samplerData.ts writes them in this order.

struct SamplerGlobals {
  seed: vec2u,
  stream: u32,
  max_new_tokens: u32,
  rows: u32,
  queues: u32,
  /// Entropies that each queue has room for.
  capacity: u32,
  /// Records that each row has room for.
  records_a_row: u32,
  vocabulary: u32,
  /// Workgroups that share the read of a row, and the vectors of four logits that each takes.
  splits: u32,
  split_vectors: u32,
  threshold_rule: u32,
  /// Quantile in 1 / 10 000.
  quantile_steps: u32,
  inclusive: u32,
  /// The constant of 'absolute', or the floor of 'floored'.
  threshold_nats: f32,
  warmup_entropies: u32,
  warmup_slot: u32,
  temperature_rule: u32,
  /// theta log2(n0)
  edt_exponent: f32,
  edt_least: f32,
  top_k: u32,
  /// Mass in 2^-31.
  top_p: u32,
  /// ln(minP)
  log_min_p: f32,
  has_forced: u32,
  stop_count: u32,
  stop_tokens: array<vec4u, 4>,
}

const THRESHOLD_QUANTILE = 0u;
const THRESHOLD_TOP_P = 1u;
const THRESHOLD_ABSOLUTE = 2u;
const THRESHOLD_FLOORED = 3u;

const RULE_BINARY = 0u;
const RULE_RANK = 1u;
const RULE_EDT = 2u;
const RULE_FIXED = 3u;

/// The temperatures a token can be raced at.
const HOT = 0u;
const COLD = 1u;
const ONE = 2u;

/// Stands for a logit that cannot be drawn (-infinity included), and for "nothing seen yet": finite, so that no
/// infinity is ever subtracted from another.
const LOWEST = -1e30;

/// Recorded by the gate until sample_redraw has ranked the row.
const RANK_TEMPERATURE = -1.0;

/// log2(e) / tau, the factor that makes exp2 of a logit's distance from the largest; 0 stands for tau = 0.
fn exponent_scale(tau: f32) -> f32 {
  return select(LOG2_E / tau, 0.0, tau == 0.0);
}

/// e^(distance / tau), and for tau = 0 one on the largest logit, zero elsewhere.
fn tempered_weight(distance: vec4f, scale: f32) -> vec4f {
#if GREEDY
  return select(exp2(distance * scale), select(vec4f(0.0), vec4f(1.0), distance == vec4f(0.0)), scale == 0.0);
#else
  return exp2(distance * scale);
#endif
}

/// The same for one distance.
fn tempered_scale(distance: f32, scale: f32) -> f32 {
#if GREEDY
  return select(exp2(distance * scale), select(0.0, 1.0, distance == 0.0), scale == 0.0);
#else
  return exp2(distance * scale);
#endif
}

/// What a weight is multiplied by in the race; tau = 0 races without noise, so that the smallest index wins.
fn race_noise(inverse_e: vec4f, scale: f32) -> vec4f {
#if GREEDY
  return select(inverse_e, vec4f(1.0), scale == 0.0);
#else
  return inverse_e;
#endif
}
