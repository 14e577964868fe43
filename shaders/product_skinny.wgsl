// Y = A B^T for few rows (one per live rollout), with the depth split inside the workgroup.
//
// With few rows there are few tiles, so the parallelism has to come from the depth: LANES invocations share one
// TM x TN tile of Y, each summing every LANES-th step; then their sums are added up in workgroup memory, lane by lane.
// Neighbouring lanes read neighbouring addresses of both A and the weights B, and each weight once per TM rows.
//
// NORM and GATED as in product_register.wgsl.

#include "product_operands.wgsl"

const THREADS = 64u;
const LANES = 16u;
const TILES = THREADS / LANES;
/** Sums of one invocation: TM x TN, again for `up`, then TM of squares. */
#if GATED
const UP = TM * TN;
#else
const UP = 0u;
#endif
const SQUARES = TM * TN + UP;
#if NORM
const SUMS = SQUARES + TM;
#else
const SUMS = SQUARES;
#endif

/** sums[s * THREADS + t]: sum s of invocation t. */
var<workgroup> sums: array<f32, SUMS * THREADS>;

/** Sum s of a tile over its lanes, always in the same order. */
fn overLanes(s: u32, tile: u32) -> f32 {
  var total = 0.0;
  for (var lane = 0u; lane < LANES; lane++) {
    total += sums[s * THREADS + tile * LANES + lane];
  }
  return total;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let e = extent();
  let m0 = group.y * TM;
  let n0 = group.x * (TILES * TN);
  let n = n0 + (t / LANES) * TN;
#for i in 0..TM
  let startA$i = min(m0 + $i, e.rows - 1) * e.depth;
#endfor
#for j in 0..TN
  let startB$j = min(n + $j, e.columns - 1) * e.depth;
#endfor

  var acc: array<f32, SUMS>;
  for (var k = t % LANES; k < e.depth; k += LANES) {
#for j in 0..TN
    let b$j = b[startB$j + k];
#if GATED
    let up$j = b[startB$j + e.columns * e.depth + k];
#endif
#endfor
#for i in 0..TM
    var x$i = a[startA$i + k];
#if NORM
    acc[SQUARES + $i] += x$i * x$i;
    x$i *= gain[k];
#endif
#for j in 0..TN
    acc[$i * TN + $j] += x$i * b$j;
#if GATED
    acc[UP + $i * TN + $j] += x$i * up$j;
#endif
#endfor
#endfor
  }
  for (var s = 0u; s < SUMS; s++) {
    sums[s * THREADS + t] = acc[s];
  }
  workgroupBarrier();

  for (var o = t; o < TM * TILES * TN; o += THREADS) {
    let i = o / (TILES * TN);
    let column = o % (TILES * TN);
    let tile = column / TN;
    let s = i * TN + column % TN;
    if (m0 + i >= e.rows || n0 + column >= e.columns) { continue; }
    var value = overLanes(s, tile);
#if NORM
    let scale = inverseSqrt(overLanes(SQUARES + i, tile) / f32(e.depth) + EPS);
    value *= scale;
#endif
#if GATED
    var open = overLanes(UP + s, tile);
#if NORM
    open *= scale;
#endif
    value *= open / (1 + exp(-value));
#endif
#if BIAS
    value += bias[n0 + column];
#endif
    finish((m0 + i) * e.columns + n0 + column, value);
  }
}
