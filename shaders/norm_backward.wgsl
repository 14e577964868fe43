// RMSNorm backward:
//   dx += r (dh g - x r^2 mean(dh g x))      (without ACCUMULATE: = instead of +=)
// x, dh, dx [tokens, d], g [d], r [tokens]; one thread a token.
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> x: array<Vec>;
@group(0) @binding(2) var<storage, read> gain: array<Vec>;
@group(0) @binding(3) var<storage, read> inverseRms: array<f32>;
@group(0) @binding(4) var<storage, read> dh: array<Vec>;
@group(0) @binding(5) var<storage, read_write> dx: array<Vec>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.x;
  if (token >= batch.tokens) { return; }
  let base = token * COLUMNS;
  let r = inverseRms[token];
  var along = 0.0;
  for (var c = 0u; c < COLUMNS; c++) { along += inner(dh[base + c] * gain[c], x[base + c]); }
  let pull = along * r * r / f32(WIDTH);
  for (var c = 0u; c < COLUMNS; c++) {
    let change = r * (dh[base + c] * gain[c] - x[base + c] * pull);
#if ACCUMULATE
    dx[base + c] += change;
#else
    dx[base + c] = change;
#endif
  }
}
