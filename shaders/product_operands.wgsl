// What every product kernel shares: Y = A B, its sizes and operands, and how an element of Y is finished.
//
//   NT  Y[rows, columns] = A[rows, depth] . B[columns, depth]^T     forward:    activations by weights [out, in]
//   NN  Y[rows, columns] = A[rows, depth] . B[depth, columns]       backward:   dX = dY W
//   TN  Y[rows, columns] = A[depth, rows]^T . B[depth, columns]     backward:   dW = dY^T X, split over depth
//
// The number of tokens changes from step to step: it is the rows of NT and NN and the depth of TN.

struct Sizes {
  /** The one of rows and depth that is the number of tokens is 0 here. */
  rows: u32,
  columns: u32,
  depth: u32,
  /** TN: into how many parts the depth is split; grid z. */
  splits: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<uniform> tokens: vec4u;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
#if VECTOR
@group(0) @binding(3) var<storage, read> a: array<vec4f>;
#else
@group(0) @binding(3) var<storage, read> a: array<f32>;
#endif
#if VECTOR_B
@group(0) @binding(4) var<storage, read> b: array<vec4f>;
#else
@group(0) @binding(4) var<storage, read> b: array<f32>;
#endif
#if BIAS
@group(0) @binding(BIAS) var<storage, read> bias: array<f32>;
#endif
#if RESIDUAL
@group(0) @binding(RESIDUAL) var<storage, read> residual: array<f32>;
#endif
#if GAIN
@group(0) @binding(GAIN) var<storage, read> gain: array<f32>;
#endif

/** Y is rows x columns, summed over depth. */
struct Extent { rows: u32, columns: u32, depth: u32 }

/** Read once a kernel and handed on: on a software GPU a load costs as much as ten multiply-adds. */
fn extent() -> Extent {
#if TN_LAYOUT
  return Extent(sizes.rows, sizes.columns, tokens.x);
#else
  return Extent(tokens.x, sizes.columns, sizes.depth);
#endif
}

/** The part of the depth that slice z of the grid sums over: [x, y), x a multiple of four. */
fn depthRange(e: Extent, z: u32) -> vec2u {
  let chunk = 4 * ((e.depth + 4 * sizes.splits - 1) / (4 * sizes.splits));
  return min(vec2u(z, z + 1) * chunk, vec2u(e.depth));
}

/** Adds what was there before to an element of Y and writes it; `at` counts elements. No other invocation writes it. */
fn finish(at: u32, product: f32) {
  var value = product;
#if RESIDUAL
  value += residual[at];
#endif
#if ACCUMULATE
  value += y[at];
#endif
  y[at] = value;
}
