// SwiGLU backward, and y again for the weight gradient of the product that read it:
//   s = 1 / (1 + e^-g),  d gate = dy u s (1 + g (1 - s)),  d up = dy g s,  y = g u s
// gateUp, dGateUp [tokens, 2F], dy, y [tokens, F]; one thread a (token, Vec). COLUMNS = F / (4 or 1).
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> gateUp: array<Vec>;
@group(0) @binding(2) var<storage, read> dy: array<Vec>;
@group(0) @binding(3) var<storage, read_write> dGateUp: array<Vec>;
@group(0) @binding(4) var<storage, read_write> y: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y;
  if (id.x >= COLUMNS || token >= batch.tokens) { return; }
  let i = token * 2u * COLUMNS + id.x;
  let g = gateUp[i];
  let u = gateUp[i + COLUMNS];
  let d = dy[token * COLUMNS + id.x];
  let s = 1.0 / (1.0 + exp(-g));
  dGateUp[i] = d * u * s * (1.0 + g * (1.0 - s));
  dGateUp[i + COLUMNS] = d * g * s;
  y[token * COLUMNS + id.x] = g * u * s;
}
