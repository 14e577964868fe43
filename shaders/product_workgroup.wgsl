// Y = A B by tiles in workgroup memory: a workgroup computes BM x BN of Y, each invocation TM x TN of it.
//
// The usual shape for a GPU: both operands pass through workgroup memory, BK of depth at a time, so each of their
// elements is loaded once per tile. Neighbouring invocations load neighbouring addresses, whichever way A and B lie.

#include "product_operands.wgsl"

const THREADS_X = BN / TN;
const THREADS = (BM / TM) * THREADS_X;

/** k-major, so that the inner loop reads neighbours; one float longer, so that writing along k meets no bank twice. */
const STRIDE_A = BM + 1;
const STRIDE_B = BN + 1;
var<workgroup> tileA: array<f32, BK * STRIDE_A>;
var<workgroup> tileB: array<f32, BK * STRIDE_B>;

fn loadTileA(e: Extent, t: u32, m0: u32, k0: u32, kEnd: u32) {
  for (var i = t; i < BM * BK; i += THREADS) {
#if TN_LAYOUT
    let m = i % BM;
    let k = i / BM;
    let at = (k0 + k) * e.rows + m0 + m;
#else
    let m = i / BK;
    let k = i % BK;
    let at = (m0 + m) * e.depth + k0 + k;
#endif
    var value = 0.0;
    if (m0 + m < e.rows && k0 + k < kEnd) { value = a[at]; }
    tileA[k * STRIDE_A + m] = value;
  }
}

fn loadTileB(e: Extent, t: u32, n0: u32, k0: u32, kEnd: u32) {
  for (var i = t; i < BN * BK; i += THREADS) {
#if NT_LAYOUT
    let n = i / BK;
    let k = i % BK;
    let at = (n0 + n) * e.depth + k0 + k;
#else
    let n = i % BN;
    let k = i / BN;
    let at = (k0 + k) * e.columns + n0 + n;
#endif
    var value = 0.0;
    if (n0 + n < e.columns && k0 + k < kEnd) { value = b[at]; }
    tileB[k * STRIDE_B + n] = value;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) t: u32) {
  let e = extent();
  let m0 = tile.y * BM;
  let n0 = tile.x * BN;
  let range = depthRange(e, tile.z);
  let row = (t / THREADS_X) * TM;
  let column = (t % THREADS_X) * TN;

  var acc: array<array<f32, TN>, TM>;
  for (var k0 = range.x; k0 < range.y; k0 += BK) {
    loadTileA(e, t, m0, k0, range.y);
    loadTileB(e, t, n0, k0, range.y);
    workgroupBarrier();
    for (var k = 0u; k < BK; k++) {
#for j in 0..TN
      let b$j = tileB[k * STRIDE_B + column + $j];
#endfor
#for i in 0..TM
      let a$i = tileA[k * STRIDE_A + row + $i];
#for j in 0..TN
      acc[$i][$j] += a$i * b$j;
#endfor
#endfor
    }
    workgroupBarrier();
  }

#for i in 0..TM
#for j in 0..TN
  finishInside(e, m0 + row + $i, n0 + column + $j, tile.z, acc[$i][$j]);
#endfor
#endfor
}

fn finishInside(e: Extent, m: u32, n: u32, z: u32, product: f32) {
  if (m >= e.rows || n >= e.columns) { return; }
  var value = product;
#if BIAS
  value += bias[n];
#endif
  finish((z * e.rows + m) * e.columns + n, value);
}
