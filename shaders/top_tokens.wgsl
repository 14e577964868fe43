// The likeliest tokens of one row of logits, and what their probabilities at several temperatures are made of.
//
// Workgroup 0 lists the `count` largest logits by falling logit, equal ones by rising id, one turn over the row each,
// and H = ln z - u / z as the sampler does (sampler_partial.wgsl). Workgroup 1 + k finds at tau_k, with m the largest
// logit and w = e^((l - m) / tau_k):
//   z    sum of w over all tokens
//   cut  the smallest logit that truncation keeps (top-k, then top-p of what that kept, then min-p)
//   kept sum of w over the tokens with l >= cut
// A cut is the largest logit such that the tokens from it upwards together weigh enough: found bit by bit, in 32 turns.
// A person asks for these now and then, so few threads and many turns are good enough.

struct Settings {
  /// First logit of the row, in elements.
  first: u32,
  vocabulary: u32,
  count: u32,
  top_k: u32,
  top_p: f32,
  /// ln(minP); LOWEST: off.
  log_min_p: f32,
  /// tau > 0 of each column.
  taus: vec4f,
}

struct Column {
  z: f32,
  kept: f32,
  cut: f32,
  unused: f32,
}

/// Stands for a logit that cannot be drawn.
const LOWEST = -1e30;

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
/// Largest logit, sum e^(l - m), H, nothing; then COLUMNS columns; then `count` pairs (id, bits of the logit).
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

var<workgroup> sums: array<vec2f, THREADS>;
var<workgroup> bests: array<vec2u, THREADS>;

fn logit(i: u32) -> f32 {
  return max(logits[settings.first + i], LOWEST);
}

/// Bits that rise with the logit, and back.
fn key_of(l: f32) -> u32 {
  let bits = bitcast<u32>(l);
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn logit_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u));
}

fn sum_all(own: vec2f, thread: u32) -> vec2f {
  sums[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) {
      sums[thread] += sums[thread + half];
    }
    workgroupBarrier();
  }
  let total = sums[0];
  workgroupBarrier();
  return total;
}

/// True: (key, id) comes before the other in the list.
fn comes_first(a: vec2u, b: vec2u) -> bool {
  return a.x > b.x || (a.x == b.x && a.y < b.y);
}

fn best_all(own: vec2u, thread: u32) -> vec2u {
  bests[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half && comes_first(bests[thread + half], bests[thread])) {
      bests[thread] = bests[thread + half];
    }
    workgroupBarrier();
  }
  let best = bests[0];
  workgroupBarrier();
  return best;
}

/// The best (key, id) behind `previous`.
fn next_best(previous: vec2u, thread: u32) -> vec2u {
  var best = vec2u(0u, 0xffffffffu);
  for (var i = thread; i < settings.vocabulary; i += THREADS) {
    let here = vec2u(key_of(logit(i)), i);
    if (comes_first(previous, here) && comes_first(here, best)) {
      best = here;
    }
  }
  return best_all(best, thread);
}

fn list_tokens(largest: f32, thread: u32) {
  var own = vec2f();
  for (var i = thread; i < settings.vocabulary; i += THREADS) {
    let below = logit(i) - largest;
    let e = exp(below);
    own += vec2f(e, below * e);
  }
  let sum = sum_all(own, thread);
  if (thread == 0u) {
    out[0] = bitcast<u32>(largest);
    out[1] = bitcast<u32>(sum.x);
    out[2] = bitcast<u32>(max(0.0, log(sum.x) - sum.y / sum.x));
  }
  var best = vec2u(0xffffffffu, 0u);
  for (var k = 0u; k < settings.count; k++) {
    best = next_best(best, thread);
    if (thread == 0u) {
      out[4u + 4u * COLUMNS + 2u * k] = best.y;
      out[4u + 4u * COLUMNS + 2u * k + 1u] = bitcast<u32>(logit_of(best.x));
    }
  }
}

/// Tokens with a key of at least `key` and a logit of at least `cut`: how many, and their mass at tau.
fn weigh(key: u32, cut: f32, largest: f32, tau: f32, thread: u32) -> vec2f {
  var own = vec2f();
  for (var i = thread; i < settings.vocabulary; i += THREADS) {
    let l = logit(i);
    if (key_of(l) >= key && l >= cut) {
      own += vec2f(1.0, exp((l - largest) / tau));
    }
  }
  return sum_all(own, thread);
}

/// The largest logit from which on the kept tokens weigh `wanted`, by number or by mass.
fn heaviest(by_mass: bool, wanted: f32, cut: f32, largest: f32, tau: f32, thread: u32) -> f32 {
  var key = 0u;
  for (var bit = 0x80000000u; bit > 0u; bit /= 2u) {
    let weight = weigh(key | bit, cut, largest, tau, thread);
    if (select(weight.x, weight.y, by_mass) >= wanted) {
      key |= bit;
    }
  }
  return max(cut, logit_of(key));
}

fn measure_column(column: u32, largest: f32, thread: u32) {
  let tau = settings.taus[column];
  let all = weigh(0u, LOWEST, largest, tau, thread);
  var cut = LOWEST;
  if (settings.top_k > 0u && settings.top_k < settings.vocabulary) {
    cut = heaviest(false, f32(settings.top_k), cut, largest, tau, thread);
  }
  if (settings.top_p < 1.0) {
    let mass = weigh(0u, cut, largest, tau, thread).y;
    cut = heaviest(true, settings.top_p * mass, cut, largest, tau, thread);
  }
  if (settings.log_min_p > LOWEST) {
    cut = max(cut, largest + tau * settings.log_min_p);
  }
  let kept = weigh(0u, cut, largest, tau, thread).y;
  if (thread == 0u) {
    out[4u + 4u * column] = bitcast<u32>(all.y);
    out[4u + 4u * column + 1u] = bitcast<u32>(kept);
    out[4u + 4u * column + 2u] = bitcast<u32>(cut);
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let largest = logit_of(next_best(vec2u(0xffffffffu, 0u), thread).x);
  if (group.x == 0u) {
    list_tokens(largest, thread);
  } else {
    measure_column(group.x - 1u, largest, thread);
  }
}
