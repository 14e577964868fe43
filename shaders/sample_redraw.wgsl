// The second read of the logits, where the temperature or the kept set was not known at the first (rank, EDT, any
// truncation): one workgroup for each row. Temperature -> cut -> race over the kept tokens.
//
// Truncation is a cut on the logits: top-k, then the mass of top-p within what top-k kept, then min-p. Masses are
// summed as whole 2^-31ths, so that neither order nor threads change the kept set.

#include "philox.wgsl"
#include "exponential.wgsl"
#include "row_state.wgsl"
#include "row_logits.wgsl"
#include "sampler_globals.wgsl"
#include "sampler_tables.wgsl"
#include "sampler_partial.wgsl"
#include "token_record.wgsl"

@group(0) @binding(0) var<uniform> globals: SamplerGlobals;
@group(0) @binding(2) var<storage, read> tables: array<u32>;
@group(0) @binding(3) var<storage, read> partials: array<Partial>;
@group(0) @binding(4) var<storage, read> queues: array<u32>;
@group(0) @binding(5) var<storage, read_write> row_states: array<RowState>;
@group(0) @binding(6) var<storage, read_write> records: array<u32>;
@group(0) @binding(7) var<storage, read> forced: array<u32>;

struct Share {
  z: f32,
  key: f32,
  token: u32,
}

var<workgroup> shares: array<Share, THREADS>;

// The row at hand: its tempering, and the smallest logit kept.
var<private> row: u32;
var<private> largest: f32;
var<private> scale: f32;
var<private> cut: f32;

#if RANK
var<workgroup> entropies_below: atomic<u32>;
var<workgroup> entropies_equal: atomic<u32>;

/// Rank of H in its queue's window of n, in [0, 1], equal entropies sharing their middle rank.
fn midrank(H: f32, n: u32, thread: u32) -> f32 {
  if (thread == 0u) {
    atomicStore(&entropies_below, 0u);
    atomicStore(&entropies_equal, 0u);
  }
  workgroupBarrier();
  let own = bitcast<u32>(H);
  let ring = 2u * globals.queues + queue_of_row(row) * globals.capacity;
  var below = 0u;
  var equal = 0u;
  for (var i = thread; i < n; i += THREADS) {
    let other = queues[ring + i];
    below += u32(other < own);
    equal += u32(other == own);
  }
  atomicAdd(&entropies_below, below);
  atomicAdd(&entropies_equal, equal);
  workgroupBarrier();
  let below_all = f32(atomicLoad(&entropies_below));
  let equal_all = f32(atomicLoad(&entropies_equal));
#if PUSH_FIRST
  if (n == 1u) {
    return 0.5;
  }
  // In a window shorter than the step has rows, H may have been pushed out again: keep its rank inside the window.
  return clamp((below_all + 0.5 * (equal_all - 1.0)) / f32(n - 1u), 0.0, 1.0);
#else
  return (below_all + 0.5 * equal_all) / f32(n);
#endif
}
#endif

#if TRUNCATION
#include "radix_select.wgsl"

const ALL_MASS = 0x1p31f;

/// 0: offer_all counts tokens; else it weighs them, in units of 1 / mass_scale.
var<private> mass_scale: f32;

/// Bits that rise as the logit falls, and back.
fn falling_key(logit: vec4f) -> vec4u {
  let bits = bitcast<vec4u>(logit);
  return select(bits ^ vec4u(0x7fffffffu), bits, bitcast<vec4i>(bits) < vec4i(0));
}

fn logit_of_key(key: u32) -> f32 {
  return bitcast<f32>(select(key ^ 0x7fffffffu, key, bitcast<i32>(key) < 0));
}

fn offer_all(thread: u32) {
  for (var i = thread; i < row_vectors(); i += THREADS) {
    let l = max(four_logits(row, i), vec4f(LOWEST));
    let key = falling_key(l);
    var weight = vec4u(1u);
    if (mass_scale != 0.0) {
      weight = select(vec4u(0u), vec4u(tempered_weight(l - largest, scale) * mass_scale + 0.5), l >= vec4f(cut));
    }
    for (var c = 0u; c < 4u; c++) {
      if (weight[c] != 0u) {
        radix_offer(key[c], weight[c]);
      }
    }
  }
}

/// sum of e^((l - largest) / tau) over the kept tokens.
fn kept_mass(thread: u32) -> f32 {
  var z = vec4f();
  for (var i = thread; i < row_vectors(); i += THREADS) {
    let l = max(four_logits(row, i), vec4f(LOWEST));
    z += select(vec4f(0.0), tempered_weight(l - largest, scale), l >= vec4f(cut));
  }
  return merge_workgroup(Share(dot(z, vec4f(1.0)), 0.0, 0u), thread).z;
}

/// Raises `cut` to what truncation keeps at tau.
fn find_cut(tau: f32, thread: u32) {
  for (var by_mass = 0u; by_mass < 2u; by_mass++) {
    let target_weight = select(globals.top_k, globals.top_p, by_mass == 1u);
    let everything = select(globals.vocabulary, u32(ALL_MASS), by_mass == 1u);
    if (target_weight > 0u && target_weight < everything) {
      mass_scale = 0.0;
      if (by_mass == 1u) {
        mass_scale = ALL_MASS / kept_mass(thread);
      }
      cut = max(cut, logit_of_key(radix_select(target_weight, thread)));
    }
  }
  if (globals.log_min_p > LOWEST) {
    cut = max(cut, largest + tau * globals.log_min_p);
  }
}
#endif

/// z over the kept tokens and the winner among them, merged over the workgroup; the same for all threads.
fn race_kept(position: u32, thread: u32) -> Share {
  let shared_words = philox_row(position, row, globals.stream, globals.seed);
  var z = vec4f();
  var key = vec4f();
  var vector = vec4u();
  for (var i = thread; i < row_vectors(); i += THREADS) {
    let l = max(four_logits(row, i), vec4f(LOWEST));
    let w = select(vec4f(0.0), tempered_weight(l - largest, scale), l >= vec4f(cut));
    z += w;
    let noise = inverse_exponential(philox_words(shared_words, i));
    let raced = w * race_noise(noise, scale);
    let wins = raced > key;
    key = select(key, raced, wins);
    vector = select(vector, vec4u(i), wins);
  }
  var share = Share(dot(z, vec4f(1.0)), key.x, 4u * vector.x);
  for (var c = 1u; c < 4u; c++) {
    share = merge_shares(share, Share(0.0, key[c], 4u * vector[c] + c));
  }
  return merge_workgroup(share, thread);
}

fn merge_shares(a: Share, b: Share) -> Share {
  let b_wins = b.key > a.key || (b.key == a.key && b.token < a.token);
  return Share(a.z + b.z, select(a.key, b.key, b_wins), select(a.token, b.token, b_wins));
}

fn merge_workgroup(own: Share, thread: u32) -> Share {
  var share = own;
  shares[thread] = share;
  workgroupBarrier();
  if (thread % MERGE == 0u) {
    for (var i = 1u; i < MERGE; i++) {
      share = merge_shares(share, shares[thread + i]);
    }
    shares[thread] = share;
  }
  workgroupBarrier();
  share = shares[0];
  for (var i = MERGE; i < THREADS; i += MERGE) {
    share = merge_shares(share, shares[i]);
  }
  workgroupBarrier();
  return share;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  row = group.x;
  let all = partials[group.x * globals.splits];
  if (all.entropy < 0.0) {
    return;
  }
  let position = row_states[row].generated;
  let record = record_first(row, position);
  let n = records[record + RECORD_QUEUE];
  var tau = bitcast<f32>(records[record + RECORD_TAU]);
#if RANK
  let rank = midrank(all.entropy, n, thread);
  if (tau == RANK_TEMPERATURE) {
    let cold = temperature(row, COLD);
    tau = cold + (temperature(row, HOT) - cold) * rank;
  }
#endif
  largest = all.largest;
  scale = exponent_scale(tau);
  cut = LOWEST;
#if TRUNCATION
  find_cut(tau, thread);
#endif
  // At tau = 0 the largest logit is drawn whatever is cut.
  cut = select(cut, LOWEST, tau == 0.0);
  let winner = race_kept(position, thread);
  // Everyone has read the record before it is completed.
  workgroupBarrier();
  if (thread == 0u) {
    records[record + RECORD_TAU] = bitcast<u32>(tau);
    take_token(row, record, winner.token, tau, Mass(largest, all.z, winner.z, cut));
  }
}
