// SwiGLU: y = silu(gate) * up,  silu(g) = g / (1 + e^-g)        Shazeer 2020 (2002.05202)
// gateUp [tokens, 2F] (gate then up), y [tokens, F]; one thread a (token, Vec). COLUMNS = F / (4 or 1).
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> gateUp: array<Vec>;
@group(0) @binding(2) var<storage, read_write> y: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y;
  if (id.x >= COLUMNS || token >= batch.tokens) { return; }
  let g = gateUp[token * 2u * COLUMNS + id.x];
  let u = gateUp[token * 2u * COLUMNS + COLUMNS + id.x];
  y[token * COLUMNS + id.x] = g * u / (1.0 + exp(-g));
}
