// Y = A B without workgroup memory: four lanes side by side hold 4 ROW_QUADS rows by 4 TN columns of Y in registers.
//
// For a software GPU, where a load costs as much as ten multiply-adds, from workgroup memory no less than from
// storage, so all that counts is multiply-adds a load. Four steps of depth at a time, lane l loads row 4 r + l of A and
// columns l, l + 4, ... of B. It multiplies its columns by its own row and by those of the three lanes beside it:
//
//   acc[4 r + s][j] of lane l  is  Y[m0 + 4 r + (s ^ l), n0 + 4 j + l]
//
// With SPREAD the rows come over by quad swaps, one shuffle each; without, every lane loads them again: the same bits.
// (The last loop indexes acc, so it stays an array in memory; as 256 scalars it would compile three times longer
// and run no faster.)
//
// NORM: A's rows are RMS-normalised on the way: Y = rsqrt(sum x^2 / depth + EPS) sum x gain W^T, both sums in one loop.
// GATED (SwiGLU): B = [gate; up], stacked; the same lane sums both and writes silu(gate) up.

#if SPREAD
enable subgroups;
#endif
#include "product_operands.wgsl"

/** Where four steps of depth lie, from the start of a row of A and of a column of B. */
struct Step { a: vec4u, b: vec4u, inside: vec4<bool> }

fn stepAt(e: Extent, k: u32) -> Step {
#if RAGGED
  let ks = min(k + vec4u(0, 1, 2, 3), vec4u(e.depth - 1));
  let inside = k + vec4u(0, 1, 2, 3) < vec4u(e.depth);
#else
  let ks = k + vec4u(0, 1, 2, 3);
  let inside = vec4<bool>(true);
#endif
  var step = Step(ks, ks, inside);
#if TN_LAYOUT
  step.a *= e.rows;
#endif
#if VECTOR
  step.a /= vec4u(4);
#endif
#if NT_LAYOUT
#if VECTOR
  step.b /= vec4u(4);
#endif
#else
  step.b *= e.columns;
#endif
  return step;
}

/** Where row m of A starts; rows outside are the last one. */
fn startA(e: Extent, m: u32) -> u32 {
  let row = min(m, e.rows - 1);
#if TN_LAYOUT
  return row;
#else
#if VECTOR
  return row * (e.depth / 4);
#else
  return row * e.depth;
#endif
#endif
}

/** Where column n of B starts; columns outside are the last one. */
fn startB(e: Extent, n: u32) -> u32 {
#if GATED
  let column = min(n, 2 * e.columns - 1);
#else
  let column = min(n, e.columns - 1);
#endif
#if NT_LAYOUT
#if VECTOR
  return column * (e.depth / 4);
#else
  return column * e.depth;
#endif
#else
  return column;
#endif
}

/** Four steps of a row of A; zero beyond the depth. */
fn loadA(start: u32, step: Step) -> vec4f {
#if VECTOR
  return a[start + step.a.x];
#else
  let at = start + step.a;
  return select(vec4f(), vec4f(a[at.x], a[at.y], a[at.z], a[at.w]), step.inside);
#endif
}

/** Four steps of a column of B; beyond the depth some value that is there, to meet a zero of A. */
fn loadB(start: u32, step: Step) -> vec4f {
#if VECTOR_B
  return b[start + step.b.x];
#else
  let at = start + step.b;
  return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
#endif
}

#if NORM
fn loadGain(e: Extent, k: u32) -> vec4f {
  let at = min(k + vec4u(0, 1, 2, 3), vec4u(e.depth - 1));
  return vec4f(gain[at.x], gain[at.y], gain[at.z], gain[at.w]);
}
#endif

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let e = extent();
  let m0 = tile.y * (4 * ROW_QUADS);
  let n0 = tile.x * (4 * TN) + lane;
#for r in 0..ROW_QUADS
#for s in 0..ROWS_LOADED
  let startA$r_$s = startA(e, m0 + 4 * $r + ($s ^ lane));
#endfor
#endfor
#for j in 0..TN
  let startB$j = startB(e, n0 + 4 * $j);
#if GATED
  let startUp$j = startB(e, e.columns + n0 + 4 * $j);
#endif
#endfor

  var acc: array<f32, 4 * ROW_QUADS * TN>;
#if GATED
  var up: array<f32, 4 * ROW_QUADS * TN>;
#endif
#if NORM
  var squares: array<f32, 4 * ROW_QUADS>;
#endif
  let range = depthRange(e, tile.z);
  for (var k = range.x; k < range.y; k += 4) {
    let step = stepAt(e, k);
#for j in 0..TN
    let b$j = loadB(startB$j, step);
#if GATED
    let up$j = loadB(startUp$j, step);
#endif
#endfor
#if NORM
    let g = loadGain(e, k);
#endif
#for r in 0..ROW_QUADS
    {
#for s in 0..ROWS_LOADED
      var x$s = loadA(startA$r_$s, step);
#if NORM
      squares[4 * $r + $s] += dot(x$s, x$s);
      x$s *= g;
#endif
#endfor
#if SPREAD
      let x1 = quadSwapX(x0);
      let x2 = quadSwapY(x0);
      let x3 = quadSwapDiagonal(x0);
#endif
#for s in 0..4
#for j in 0..TN
      acc[(4 * $r + $s) * TN + $j] += dot(x$s, b$j);
#if GATED
      up[(4 * $r + $s) * TN + $j] += dot(x$s, up$j);
#endif
#endfor
#endfor
    }
#endfor
  }
#if NORM
#if SPREAD
#for r in 0..ROW_QUADS
  squares[4 * $r + 1] = quadSwapX(squares[4 * $r]);
  squares[4 * $r + 2] = quadSwapY(squares[4 * $r]);
  squares[4 * $r + 3] = quadSwapDiagonal(squares[4 * $r]);
#endfor
#endif
#endif

#if BIAS
#for j in 0..TN
  let bias$j = bias[min(n0 + 4 * $j, e.columns - 1)];
#endfor
#endif
  for (var i = 0u; i < 4 * ROW_QUADS; i++) {
    let m = m0 + (i ^ lane);
    if (m < e.rows) {
      let at = (tile.z * e.rows + m) * e.columns + n0;
#if NORM
      let scale = inverseSqrt(squares[i] / f32(e.depth) + EPS);
#endif
#for j in 0..TN
      {
        var value = acc[i * TN + $j];
#if NORM
        value *= scale;
#endif
#if GATED
        var open = up[i * TN + $j];
#if NORM
        open *= scale;
#endif
        value *= open / (1 + exp(-value));
#endif
#if BIAS
        value += bias$j;
#endif
#if EDGE
        if (n0 + 4 * $j < e.columns) { finish(at + 4 * $j, value); }
#else
        finish(at + 4 * $j, value);
#endif
      }
#endfor
    }
  }
}
