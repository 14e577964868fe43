// Natural logarithm and Exp(1) noise with full relative accuracy.
//
// WGSL's own log may be off by 2^-21 near 1, which is where the winners of a race lie: E = -log(1 - v) with small v.
// Here log x = e ln 2 + 2 atanh(s), s = (f - 1) / (f + 1), with x = 2^e f and f in [sqrt 1/2, sqrt 2); where e = 0,
// f - 1 is -v itself, so nothing cancels.

const LN_2 = 0.69314718056;
const LOG2_E = 1.44269504089;
/// Bits of sqrt(1/2).
const SQRT_HALF = 0x3f3504f3;

/// 2 atanh(s) for |s| < 0.172.
fn log_series(s: vec4f) -> vec4f {
  let t = s * s;
  return 2.0 * s * (1.0 + t * (0.33333333 + t * (0.2 + t * (0.14285714 + t * 0.11111111))));
}

/// log x for a positive normal x.
fn natural_log(x: f32) -> f32 {
  let e = (bitcast<i32>(x) - SQRT_HALF) >> 23u;
  let f = bitcast<f32>(bitcast<i32>(x) - (e << 23u));
  return f32(e) * LN_2 + log_series(vec4f((f - 1.0) / (f + 1.0))).x;
}

/// 32 random bits to v in (0, 1), as unitInterval in philox.ts: never 0, never 1, exact in f32.
fn unit_interval(bits: vec4u) -> vec4f {
  let high = bits >> vec4u(9u);
  let lowest = (vec4f(bits & vec4u(511u)) + 0.5) * 0x1p-32f;
  return select((vec4f(high) + 0.5) * 0x1p-23f, lowest, high == vec4u(0u));
}

/// 1 / E with E = -log(1 - v) ~ Exp(1), from 32 random bits.
fn inverse_exponential(bits: vec4u) -> vec4f {
  let v = unit_interval(bits);
  let x = bitcast<vec4i>(1.0 - v);
  let e = (x - vec4i(SQRT_HALF)) >> vec4u(23u);
  let f = bitcast<vec4f>(x - (e << vec4u(23u)));
  let above_one = select(f - 1.0, -v, e == vec4i(0));
  return -1.0 / (vec4f(e) * LN_2 + log_series(above_one / (f + 1.0)));
}
