// SwiGLU: y = silu(gate) * up,  silu(g) = g / (1 + e^-g)        Shazeer 2020 (2002.05202)
// gateUp [tokens, 2F] (gate then up), y [tokens, F]; one thread a (token, Vec). COLUMNS = F / (4 or 1).
#include "element.wgsl"
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> gateUp: array<Vec>;
@group(0) @binding(2) var<storage, read_write> y: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= batch.tokens * COLUMNS) { return; }
  let at = i / COLUMNS * 2u * COLUMNS + i % COLUMNS;
  let g = gateUp[at];
  let u = gateUp[at + COLUMNS];
  y[i] = g * u / (1.0 + exp(-g));
}
