// First of two stages: partial[chunk] = sum over the chunk's tokens of dh * x * r   (gradient of the RMSNorm gain)
// dh, x [tokens, d], r [tokens], partial [chunks, d]; one thread a (chunk, Vec). The second stage is add_partials.wgsl.
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> x: array<Vec>;
@group(0) @binding(2) var<storage, read> inverseRms: array<f32>;
@group(0) @binding(3) var<storage, read> dh: array<Vec>;
@group(0) @binding(4) var<storage, read_write> partial: array<Vec>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let chunk = id.y;
  if (id.x >= COLUMNS) { return; }
  let end = min(batch.tokens, (chunk + 1u) * CHUNK);
  var sum = Vec();
  for (var t = chunk * CHUNK; t < end; t++) { sum += dh[t * COLUMNS + id.x] * x[t * COLUMNS + id.x] * inverseRms[t]; }
  partial[chunk * COLUMNS + id.x] = sum;
}
