// The least that any sampler must do: read the logits once and keep a sum. The bench compares sample_read with it on
// the same grid.

#include "exponential.wgsl"
#include "row_logits.wgsl"
#include "sampler_globals.wgsl"

@group(0) @binding(0) var<uniform> globals: SamplerGlobals;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let begin = group.x * globals.split_vectors;
  let end = min(begin + globals.split_vectors, row_vectors());
  var total = vec4f();
  for (var i = begin + thread; i < end; i += THREADS) {
    total += four_logits(group.y, i);
  }
  sums[(group.y * globals.splits + group.x) * THREADS + thread] = dot(total, vec4f(1.0));
}
