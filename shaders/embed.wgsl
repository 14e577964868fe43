// x[t] = E[id[t]]
// E [V, d], id [tokens], x [tokens, d]; one thread a (token, Vec). COLUMNS = d / (4 or 1).
#include "element.wgsl"
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> embedding: array<Vec>;
@group(0) @binding(3) var<storage, read_write> x: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= batch.tokens * COLUMNS) { return; }
  x[i] = embedding[ids[i / COLUMNS] * COLUMNS + i % COLUMNS];
}
