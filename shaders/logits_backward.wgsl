// dz = coef / tau * (onehot(a) - softmax(z / tau)),  in place of z
// coef[i + 1] = dLoss / d logpTau of token i + 1; tokens that predict nothing get 0.
// logits [chunk tokens, V]; norms as scores.wgsl left them; one thread a (token, logit).
#include "element.wgsl"
#include "batch.wgsl"
#include "chunk.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<uniform> chunk: Chunk;
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(3) var<storage, read> position: array<u32>;
@group(0) @binding(4) var<storage, read> tau: array<f32>;
@group(0) @binding(5) var<storage, read> coef: array<f32>;
@group(0) @binding(6) var<storage, read> norms: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> logits: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= chunk.size * V) { return; }
  let v = i % V;
  let token = chunk.first + i / V;
  let next = token + 1u;
  if (next >= batch.tokens || position[min(next, batch.tokens - 1u)] == 0u || coef[next] == 0.0) {
    logits[i] = 0.0;
    return;
  }
  let inverseTau = 1.0 / tau[next];
  let p = exp((logits[i] - norms[token].x) * inverseTau - norms[token].y);
  logits[i] = coef[next] * inverseTau * (select(0.0, 1.0, ids[next] == v) - p);
}
