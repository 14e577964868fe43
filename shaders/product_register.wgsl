// Y = A B without workgroup memory: four invocations side by side hold TM rows of Y by 4 TN columns in registers.
//
// Lane l holds columns n0 + l, n0 + l + 4, ... and all TM rows; four steps of depth at a time. With SPREAD, lane l loads
// row 4 r + l of A for the other three lanes too, which receive it by subgroupBroadcast: a quarter of the loads.
// For a software GPU, where a load costs as much as 10 to 17 multiply-adds, workgroup memory no less than storage.
// (The last loop indexes the tile, which keeps it an array in memory: that compiles three times faster than scalars
// there, and the four multiply-adds a step are worth the load and store.)
//
// NORM: rows of A are RMS-normalised on the way: y = rsqrt(sum x^2 / depth + EPS) sum x gain W^T; the sum of squares
// rides in the same loop.
// GATED (SwiGLU): B = [gate; up] stacked; the same lane holds both halves and writes silu(gate) up.

#if SPREAD
enable subgroups;
#endif
#include "product_operands.wgsl"

/** A[m, k..k+3]; rows outside are clamped, depth outside is zero. */
fn loadA(e: Extent, m: u32, k: u32) -> vec4f {
  let row = min(m, e.rows - 1);
#if VECTOR
  return a[(row * e.depth + k) / 4];
#else
#if TN_LAYOUT
  let at = depthFrom(e, k) * e.rows + row;
#else
  let at = row * e.depth + depthFrom(e, k);
#endif
  let value = vec4f(a[at.x], a[at.y], a[at.z], a[at.w]);
#if RAGGED
  return select(vec4f(), value, k + vec4u(0, 1, 2, 3) < vec4u(e.depth));
#else
  return value;
#endif
#endif
}

/** B[k..k+3, n]; outside, some value that is there: it meets a zero of A or is never written. */
fn loadB(e: Extent, n: u32, k: u32) -> vec4f {
#if GATED
  let column = min(n, 2 * e.columns - 1);
#else
  let column = min(n, e.columns - 1);
#endif
#if VECTOR_B
  return b[(column * e.depth + k) / 4];
#else
#if NT_LAYOUT
  let at = column * e.depth + depthFrom(e, k);
#else
  let at = depthFrom(e, k) * e.columns + column;
#endif
  return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
#endif
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let e = extent();
  let m0 = tile.y * (4 * ROW_QUADS);
  let n0 = tile.x * (4 * TN) + lane;
  let range = depthRange(e, tile.z);

  var acc: array<f32, 4 * ROW_QUADS * TN>;
#if GATED
  var up: array<f32, 4 * ROW_QUADS * TN>;
#endif
#if NORM
  var squares: array<f32, 4 * ROW_QUADS>;
#endif
  for (var k = range.x; k < range.y; k += 4) {
#for j in 0..TN
    let b$j = loadB(e, n0 + 4 * $j, k);
#endfor
#if GATED
#for j in 0..TN
    let u$j = loadB(e, e.columns + n0 + 4 * $j, k);
#endfor
#endif
#if NORM
    let g = loadGain(e, k);
#endif
#for r in 0..ROW_QUADS
#if SPREAD
    let a$r = loadA(e, m0 + 4 * $r + lane, k);
#endif
#for l in 0..4
    {
#if SPREAD
      var x = subgroupBroadcast(a$r, $l);
#else
      var x = loadA(e, m0 + 4 * $r + $l, k);
#endif
#if NORM
      squares[4 * $r + $l] += dot(x, x);
      x *= g;
#endif
#for j in 0..TN
      acc[(4 * $r + $l) * TN + $j] += x.x * b$j.x + x.y * b$j.y + x.z * b$j.z + x.w * b$j.w;
#endfor
#if GATED
#for j in 0..TN
      up[(4 * $r + $l) * TN + $j] += x.x * u$j.x + x.y * u$j.y + x.z * u$j.z + x.w * u$j.w;
#endfor
#endif
    }
#endfor
#endfor
  }

  for (var i = 0u; i < 4 * ROW_QUADS; i++) {
    if (m0 + i >= e.rows) { break; }
#if NORM
    let scale = inverseSqrt(squares[i] / f32(e.depth) + EPS);
#else
    let scale = 1.0;
#endif
#for j in 0..TN
#if GATED
    finish(e, m0 + i, n0 + 4 * $j, 0, silu(scale * acc[i * TN + $j]) * (scale * up[i * TN + $j]));
#else
    finish(e, m0 + i, n0 + 4 * $j, tile.z, scale * acc[i * TN + $j]);
#endif
#endfor
  }
}
