// First of two stages: partial[group] = (sum of squares, 1 if any value is NaN or infinite)
// Non-finite values are found by their exponent bits: WGSL compilers may assume that there is no NaN.
// gradient [n]; GROUPS workgroups walk it in strides.
@group(0) @binding(0) var<storage, read> gradient: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> partial: array<vec2f>;
const EXPONENT = 0x7f800000u;
var<workgroup> squares: array<f32, 64>;
var<workgroup> broken: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  var bad = false;
  for (var i = group.x * 64u + thread; i < COUNT; i += GROUPS * 64u) {
    let bits = gradient[i];
    bad = bad || any((bits & vec4u(EXPONENT)) == vec4u(EXPONENT));
    let g = bitcast<vec4f>(bits);
    sum += dot(g, g);
  }
  squares[thread] = sum;
  broken[thread] = select(0.0, 1.0, bad);
  workgroupBarrier();
  if (thread == 0u) {
    var total = vec2f();
    for (var t = 0u; t < 64u; t++) { total += vec2f(squares[t], broken[t]); }
    partial[group.x] = total;
  }
}
