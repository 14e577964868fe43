// Of each token i + 1 that follows a token i of its row (a = id[i + 1], z = logits of i):
//   logp1 = log softmax(z)[a],  logpTau = log softmax(z / tau)[a],  H = log Z - U / Z at tau = 1, in nats
//   with m = max z, Z = sum e^(z - m), U = sum (z - m) e^(z - m), ZTau = sum e^((z - m) / tau).
// logits [chunk tokens, V] of tokens FIRST .., scores [tokens] of (logp1, logpTau, H, 0) aligned with the predicted token,
// norms [tokens] of (m, log ZTau) aligned with the predicting one, for logits_backward.wgsl.
// LANES threads share a token (1 for small V: no barrier).
#include "batch.wgsl"
#include "chunk.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<uniform> chunk: Chunk;
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(3) var<storage, read> position: array<u32>;
@group(0) @binding(4) var<storage, read> tau: array<f32>;
@group(0) @binding(5) var<storage, read> logits: array<f32>;
@group(0) @binding(6) var<storage, read_write> scores: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> norms: array<vec2f>;
const TOKENS_PER_GROUP = 64u / LANES;
const LOWEST = -3.0e38;
#if SHARED
var<workgroup> shared_max: array<f32, 64>;
var<workgroup> shared_sum: array<vec3f, 64>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % LANES;
  let row = group.x * TOKENS_PER_GROUP + thread / LANES;
  let i = chunk.first + row;
  // A token that starts a row is predicted by nothing; the last token of the batch predicts nothing.
  let counts = row < chunk.size && i + 1u < batch.tokens && position[min(i + 1u, batch.tokens - 1u)] != 0u;
  let base = row * V;
  let end = select(0u, V, counts);

  var m = LOWEST;
  for (var v = lane; v < end; v += LANES) { m = max(m, logits[base + v]); }
#if SHARED
  shared_max[thread] = m;
  workgroupBarrier();
  for (var l = 0u; l < LANES; l++) { m = max(m, shared_max[l]); }
#endif

  let inverseTau = 1.0 / tau[select(0u, i + 1u, counts)];
  var sums = vec3f();   // Z, U, ZTau
  for (var v = lane; v < end; v += LANES) {
    let x = logits[base + v] - m;
    let e = exp(x);
    sums += vec3f(e, x * e, exp(x * inverseTau));
  }
#if SHARED
  shared_sum[thread] = sums;
  workgroupBarrier();
  sums = vec3f();
  for (var l = 0u; l < LANES; l++) { sums += shared_sum[l]; }
#endif

  if (counts && lane == 0u) {
    let x = logits[base + ids[i + 1u]] - m;
    let logZ = log(sums.x);
    let logZTau = log(sums.z);
    scores[i + 1u] = vec4f(x - logZ, x * inverseTau - logZTau, max(0.0, logZ - sums.y / sums.x), 0.0);
    norms[i] = vec2f(m, logZTau);
  }
}
