// SwiGLU backward, and y again for the weight gradient of the product that read it:
//   s = 1 / (1 + e^-g),  d gate = dy u s (1 + g (1 - s)),  d up = dy g s,  y = g u s
// gateUp, dGateUp [tokens, 2F], dy, y [tokens, F]; one thread a (token, Vec). COLUMNS = F / (4 or 1).
#include "element.wgsl"
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> gateUp: array<Vec>;
@group(0) @binding(2) var<storage, read> dy: array<Vec>;
@group(0) @binding(3) var<storage, read_write> dGateUp: array<Vec>;
@group(0) @binding(4) var<storage, read_write> y: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= batch.tokens * COLUMNS) { return; }
  let at = i / COLUMNS * 2u * COLUMNS + i % COLUMNS;
  let g = gateUp[at];
  let u = gateUp[at + COLUMNS];
  let d = dy[i];
  let s = 1.0 / (1.0 + exp(-g));
  dGateUp[at] = d * u * s * (1.0 + g * (1.0 - s));
  dGateUp[at + COLUMNS] = d * g * s;
  y[i] = g * u * s;
}
