// The newest token of each row as the 64-bit id that a language model's runtime reads next: ids [rows, 1], little
// endian, so that the token never leaves the GPU between the draw and the next run.

#include "row_state.wgsl"

@group(0) @binding(0) var<storage, read> row_states: array<RowState>;
@group(0) @binding(1) var<storage, read_write> ids: array<vec2u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < ROWS) {
    ids[id.x] = vec2u(row_states[id.x].token, 0u);
  }
}
