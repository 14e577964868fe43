// The least that any sampler must do: read the logits once and keep a sum. The bench compares sample_read with it on
// the same grid.

#include "row_logits.wgsl"

@group(0) @binding(0) var<storage, read_write> sums: array<f32>;

const LOWEST = -1e30;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let begin = group.x * SPLIT_VECTORS;
  let end = min(begin + SPLIT_VECTORS, ROW_VECTORS);
  var total = vec4f();
  for (var i = begin + thread; i < end; i += THREADS) {
    total += raw_logits(group.y, i);
  }
  sums[(group.y * groups.x + group.x) * THREADS + thread] = dot(total, vec4f(1.0));
}
