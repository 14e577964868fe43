// The one read of the logits: workgroup (split, row) turns its share of the row into a Partial.
//
// Every thread takes four logits at a time, so that the running maximum costs one rescale for four. All temperatures
// share the noise of a token (common random numbers): one Philox call for four tokens and one logarithm for each,
// however many temperatures are raced.

#include "philox.wgsl"
#include "exponential.wgsl"
#include "row_state.wgsl"
#include "row_logits.wgsl"
#include "sampler_globals.wgsl"
#include "sampler_tables.wgsl"
#include "sampler_partial.wgsl"

@group(0) @binding(0) var<uniform> globals: SamplerGlobals;
@group(0) @binding(2) var<storage, read> row_states: array<RowState>;
@group(0) @binding(3) var<storage, read> tables: array<u32>;
@group(0) @binding(4) var<storage, read_write> partials: array<Partial>;

var<workgroup> parts: array<Partial, THREADS>;

const MINUS_INFINITY_BITS = 0xff800000u;

/// max, without its care for NaN: a compare and a select, which cost less on a software rasteriser.
fn larger(a: f32, b: f32) -> f32 {
  return select(a, b, b > a);
}

fn read_share(row: u32, position: u32, begin: u32, end: u32, thread: u32, scales: vec3f) -> Partial {
  var largest = LOWEST;
  var z = vec4f();
  var u = vec4f();
#if TEMPERATURES
  let shared_words = philox_row(position, row, globals.stream, globals.seed);
#endif
#for k in 0..TEMPERATURES
  var z$k = vec4f();
  var key$k = vec4f();
  var vector$k = vec4u();
#endfor
  for (var i = begin + thread; i < end; i += THREADS) {
    let raw = four_logits(row, i);
    // By its bits, so that no compiler turns this into a max that swallows NaN.
    let l = select(raw, vec4f(LOWEST), bitcast<vec4u>(raw) == vec4u(MINUS_INFINITY_BITS));

    // The sums so far stand at the old largest logit; e^0 = 1 where it has not changed.
    let raised = larger(largest, larger(larger(l.x, l.y), larger(l.z, l.w)));
    let below = largest - raised;
    largest = raised;
    let rescale = exp2(below * LOG2_E);
    let distance = l - largest;
    let e = exp2(distance * LOG2_E);
    u = rescale * (u + below * z) + distance * e;
    z = rescale * z + e;

#if TEMPERATURES
    let inverse_e = inverse_exponential(philox_words(shared_words, i));
#endif
#for k in 0..TEMPERATURES
    let rescale$k = tempered_scale(below, scales[$k]);
    let w$k = tempered_weight(distance, scales[$k]);
    z$k = rescale$k * z$k + w$k;
    key$k *= rescale$k;
    let raced$k = w$k * race_noise(inverse_e, scales[$k]);
    let wins$k = raced$k > key$k;
    key$k = select(key$k, raced$k, wins$k);
    vector$k = select(vector$k, vec4u(i), wins$k);
#endfor
  }

  var part: Partial;
  part.largest = largest;
  part.z = dot(z, vec4f(1.0));
  part.u = dot(u, vec4f(1.0));
#for k in 0..TEMPERATURES
  part.z$k = dot(z$k, vec4f(1.0));
  part.key$k = key$k.x;
  part.token$k = 4u * vector$k.x;
  for (var c = 1u; c < 4u; c++) {
    let token = 4u * vector$k[c] + c;
    if (key$k[c] > part.key$k || (key$k[c] == part.key$k && token < part.token$k)) {
      part.key$k = key$k[c];
      part.token$k = token;
    }
  }
#endfor
  return part;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.y;
  let state = row_states[row];
  if (state.done != 0u) {
    return;
  }
  let begin = group.x * globals.split_vectors;
  let end = min(begin + globals.split_vectors, row_vectors());
  let scales = row_scales(row);
  var part = read_share(row, state.generated, begin, end, thread, scales);

  // Two levels of serial merges: few barriers, and never more than MERGE + THREADS / MERGE merges in a row.
  parts[thread] = part;
  workgroupBarrier();
  if (thread % MERGE == 0u) {
    for (var i = 1u; i < MERGE; i++) {
      part = merge_partials(part, parts[thread + i], scales);
    }
    parts[thread] = part;
  }
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = MERGE; i < THREADS; i += MERGE) {
      part = merge_partials(part, parts[i], scales);
    }
    partials[row * globals.splits + group.x] = part;
  }
}
