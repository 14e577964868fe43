// h = x * r * g with r kept from the forward pass: h is cheaper to make again than to keep for every layer.
// x, h [tokens, d], g [d], r [tokens]; one thread a (token, Vec).
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> x: array<Vec>;
@group(0) @binding(2) var<storage, read> gain: array<Vec>;
@group(0) @binding(3) var<storage, read> inverseRms: array<f32>;
@group(0) @binding(4) var<storage, read_write> h: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y;
  if (id.x >= COLUMNS || token >= batch.tokens) { return; }
  let i = token * COLUMNS + id.x;
  h[i] = x[i] * inverseRms[token] * gain[id.x];
}
