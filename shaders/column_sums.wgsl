// partials[s, n] = sum of a[m, n] over the rows m of part s: the gradient of a bias, first pass.
// (Second pass: add_partial_sums.wgsl.)

struct Sizes { columns: u32, splits: u32 }

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<uniform> tokens: vec4u;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x;
  let part = id.y;
  let columns = sizes.columns;
  if (n >= columns) { return; }
  let rows = tokens.x;
  let chunk = (rows + sizes.splits - 1) / sizes.splits;
  let end = min((part + 1) * chunk, rows);
  var sum = 0.0;
  for (var m = part * chunk; m < end; m++) {
    sum += a[m * columns + n];
  }
  partials[part * columns + n] = sum;
}
