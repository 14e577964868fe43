// Second of two stages: gradient += sum of partial[chunk], in order.
// partial [chunks, d], gradient [d]; one thread a Vec. chunks = ceil(tokens / CHUNK).
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> partial: array<Vec>;
@group(0) @binding(2) var<storage, read_write> gradient: array<Vec>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= COLUMNS) { return; }
  let chunks = (batch.tokens + CHUNK - 1u) / CHUNK;
  var sum = Vec();
  for (var c = 0u; c < chunks; c++) { sum += partial[c * COLUMNS + id.x]; }
  gradient[id.x] += sum;
}
