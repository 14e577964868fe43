// y[i] = (y[i] +) sum over s of partials[s, i], s ascending: the second pass of a sum that was split into parts.
//
// One invocation an element and no atomics, so that the order of the sum, and with it every bit, is the same each time.

struct Sizes { elements: u32, splits: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> partials: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * THREADS + id.x;
  if (i >= sizes.elements) { return; }
  let elements = sizes.elements;
  let end = elements * sizes.splits;
  var sum = 0.0;
  for (var at = i; at < end; at += elements) {
    sum += partials[at];
  }
#if ACCUMULATE
  sum += y[i];
#endif
  y[i] = sum;
}
