// Entropy queue -> threshold -> temperature: one workgroup for each queue (METHOD.md section 1).
//
// Merges the parts that sample_read left, pushes H of every live member and takes the threshold in the order asked
// for, and gates each member. Where the temperature is one that sample_read has raced, the winner and its log-probs
// are already known and the step ends here; where it is not (rank, EDT, truncation), sample_redraw follows.

#include "exponential.wgsl"
#include "row_state.wgsl"
#include "sampler_globals.wgsl"
#include "sampler_tables.wgsl"
#include "sampler_partial.wgsl"
#include "entropy_queue.wgsl"
#include "token_record.wgsl"

@group(0) @binding(0) var<uniform> globals: SamplerGlobals;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> tables: array<u32>;
@group(0) @binding(3) var<storage, read_write> partials: array<Partial>;
@group(0) @binding(4) var<storage, read_write> queues: array<u32>;
@group(0) @binding(5) var<storage, read_write> row_states: array<RowState>;
@group(0) @binding(6) var<storage, read_write> records: array<u32>;
@group(0) @binding(7) var<storage, read> forced: array<u32>;

fn one_logit(row: u32, token: u32) -> f32 {
  return logits[row * globals.vocabulary + token];
}

/// Entropies in the queue; where barriers hang on it, provably the same for all threads.
fn queue_length(queue: u32, thread: u32) -> u32 {
#if LONG_QUEUE
  if (thread == 0u) {
    window_length = queues[2u * queue];
  }
  return workgroupUniformLoad(&window_length);
#else
  return queues[2u * queue];
#endif
}

/// All of them are set in an infinity or a NaN, and only there.
const EXPONENT_BITS = 0x7f800000u;

/// Merges the row's parts into its first one and adds the entropy.
fn merge_row(row: u32) {
  if (row_states[row].done != 0u) {
    partials[row * globals.splits].entropy = -1.0;
    return;
  }
  var all = partials[row * globals.splits];
  let scales = row_scales(row);
  for (var split = 1u; split < globals.splits; split++) {
    all = merge_partials(all, partials[row * globals.splits + split], scales);
  }
  let entropy = natural_log(all.z) - all.u / all.z;
  // Neither -0 nor a rounding below 0: the bits of an entropy must rise with its value.
  all.entropy = select(0.0, entropy, entropy > 0.0);
  let is_finite = (bitcast<u32>(all.u) & EXPONENT_BITS) != EXPONENT_BITS;
  if (!is_finite || all.largest <= LOWEST) {
    all.entropy = -2.0;
  }
  partials[row * globals.splits] = all;
}

/// H_th of a window of n entropies, as bits; NaN for an empty one.
fn threshold_bits(queue: u32, n: u32, thread: u32) -> u32 {
  // Ranks in whole ten-thousandths: the same neighbours on every engine.
  let rank = globals.quantile_steps * (max(n, 1u) - 1u);
  let between = rank % 10000u;
  if (globals.threshold_rule != THRESHOLD_ABSOLUTE) {
    rank_entropies(queue, n, rank / 10000u, thread);
    workgroupBarrier();
  }
  if (n == 0u) {
    return NAN_BITS;
  }
  if (globals.threshold_rule == THRESHOLD_ABSOLUTE) {
    return bitcast<u32>(globals.threshold_nats);
  }
  var quantile = bitcast<f32>(ranked[0]);
  if (between != 0u && globals.threshold_rule != THRESHOLD_TOP_P) {
    quantile += (bitcast<f32>(ranked[1]) - quantile) * (f32(between) / 10000.0);
  }
  if (globals.threshold_rule == THRESHOLD_FLOORED) {
    quantile = max(quantile, globals.threshold_nats);
  }
  return bitcast<u32>(quantile);
}

/// Class and temperature of a live row, and all of its record that is known here.
fn gate_row(row: u32, n: u32, threshold: u32) {
  let all = partials[row * globals.splits];
  let state = row_states[row];
  let record = record_first(row, state.generated);
  if (all.entropy < 0.0) {
    fail_row(row, record, n, threshold);
    return;
  }
  let H = all.entropy;
  // No entropy is above a threshold that does not exist.
  let reaches = select(H > bitcast<f32>(threshold), H >= bitcast<f32>(threshold), globals.inclusive != 0u);
  var hot = reaches && n > 0u;
  var slot = select(COLD, HOT, hot);
  let warming = n < max(1u, globals.warmup_entropies);
  if (globals.temperature_rule == RULE_FIXED) {
    slot = HOT;
  } else if (warming && globals.temperature_rule != RULE_EDT) {
    slot = globals.warmup_slot;
    hot = slot == HOT;
  }
  var tau = temperature(row, slot);
  if (globals.temperature_rule == RULE_EDT) {
    tau = edt_temperature(row, H);
  }
  if (globals.temperature_rule == RULE_RANK && !warming) {
    tau = RANK_TEMPERATURE;
  }
  records[record + RECORD_ENTROPY] = bitcast<u32>(H);
  records[record + RECORD_THRESHOLD] = threshold;
  records[record + RECORD_QUEUE] = n;
  records[record + RECORD_HOT] = u32(hot);
  records[record + RECORD_TAU] = bitcast<u32>(tau);
#if TEMPERATURES
  var token = all.token0;
  var z = all.z0;
#for k in 0..TEMPERATURES
  if (slot == $k) {
    token = all.token$k;
    z = all.z$k;
  }
#endfor
  take_token(row, record, token, tau, Mass(all.largest, all.z, z, LOWEST));
#endif
}

/// tau = max(least, T0 n0^(theta / H)) (EDT, arXiv 2403.14541).
fn edt_temperature(row: u32, H: f32) -> f32 {
  let exponent = max(globals.edt_exponent / max(H, 1e-30), -1000.0);
  return max(globals.edt_least, temperature(row, HOT) * exp2(exponent));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let queue = group.x;
  // A row keeps its thread throughout.
  let owned = owned_members(queue_start(queue), queue_start(queue + 1u), thread);
  for (var i = owned.x; i < owned.y; i++) {
    merge_row(queue_member(i));
  }
#if PUSH_FIRST
  push_entropies(queue, owned, thread);
#endif
  let n = queue_length(queue, thread);
  let threshold = threshold_bits(queue, n, thread);
  for (var i = owned.x; i < owned.y; i++) {
    let row = queue_member(i);
    if (partials[row * globals.splits].entropy != -1.0) {
      gate_row(row, n, threshold);
    }
  }
#if PUSH_LAST
  push_entropies(queue, owned, thread);
#endif
}
