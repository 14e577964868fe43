// RMSNorm: h = x * r * g,  r = 1 / sqrt(mean(x^2) + EPSILON)
// x, h [tokens, d], g [d], r [tokens]; one thread a token. Zhang & Sennrich 2019 (1910.07467).
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> x: array<Vec>;
@group(0) @binding(2) var<storage, read> gain: array<Vec>;
@group(0) @binding(3) var<storage, read_write> h: array<Vec>;
@group(0) @binding(4) var<storage, read_write> inverseRms: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.x;
  if (token >= batch.tokens) { return; }
  let base = token * COLUMNS;
  var squares = 0.0;
  for (var c = 0u; c < COLUMNS; c++) {
    let v = x[base + c];
    squares += inner(v, v);
  }
  let r = 1.0 / sqrt(squares / f32(WIDTH) + EPSILON);
  inverseRms[token] = r;
  for (var c = 0u; c < COLUMNS; c++) { h[base + c] = x[base + c] * r * gain[c]; }
}
