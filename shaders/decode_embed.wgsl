// x[row] = E[newest token of the row]
// state [rows] (row_state.wgsl), E [V, d], x [rows, d]; one thread a (row, Vec).
#include "element.wgsl"
#include "vec.wgsl"
#include "row_state.wgsl"
@group(0) @binding(0) var<storage, read> state: array<RowState>;
@group(0) @binding(1) var<storage, read> embedding: array<Vec>;
@group(0) @binding(2) var<storage, read_write> x: array<Vec>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= ROWS * COLUMNS || state[i / COLUMNS].done != 0u) { return; }
  x[i] = embedding[state[i / COLUMNS].token * COLUMNS + i % COLUMNS];
}
