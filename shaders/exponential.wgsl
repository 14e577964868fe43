// Natural logarithm and Exp(1) noise with full relative accuracy.
//
// WGSL's own log may be off by 2^-21 near 1, which is where the winners of a race lie: E = -log(1 - v) with small v.
// Here log x = e ln 2 + 2 atanh(s), s = (f - 1) / (f + 1), with x = 2^e f and f in [sqrt 1/2, sqrt 2]; where e = 0,
// f - 1 is -v itself, so nothing cancels. No shifts, because some devices are slow at them (see philox.wgsl).

const LN_2 = 0.69314718056;
const LOG2_E = 1.44269504089;
/// Bits of sqrt(1/2), and of one step of the exponent.
const SQRT_HALF = 0x3f3504f3;
const EXPONENT_STEP = 0x800000;
/// 1.5 * 2^23: a number that is added to it is rounded to a whole one, which its lowest bits then hold.
const ROUNDER = 0x1.8p23f;
const ROUNDER_BITS = 0x4b400000;

/// 2 atanh(s) for |s| < 0.172, relative error 8e-10 (least-squares weights pushed to the minimax).
fn log_series(s: vec4f) -> vec4f {
  let t = s * s;
  return 2.0 * s * (1.0 + t * (0.33333388 + t * (0.19988785 + t * 0.14935527)));
}

/// e of x = 2^e f, from the bits of x: half a step less, rounded to the nearest.
fn binary_exponent(bits: vec4i) -> vec4i {
  let steps = vec4f(bits - (SQRT_HALF + EXPONENT_STEP / 2)) * 0x1p-23f;
  return bitcast<vec4i>(steps + ROUNDER) - ROUNDER_BITS;
}

/// log x for a positive normal x.
fn natural_log(x: f32) -> f32 {
  let bits = bitcast<i32>(x);
  let e = binary_exponent(vec4i(bits)).x;
  let f = bitcast<f32>(bits - e * EXPONENT_STEP);
  return f32(e) * LN_2 + log_series(vec4f((f - 1.0) / (f + 1.0))).x;
}

/// 32 random bits to v in (0, 1), as unitInterval in philox.ts: never 0, never 1, exact in f32.
fn unit_interval(bits: vec4u) -> vec4f {
  // The upper 23 bits as a signed number: v - 1/2 up to half a step.
  let centred = vec4f(bitcast<vec4i>((bits & vec4u(0xfffffe00u)) ^ vec4u(0x80000000u)));
  let v = centred * 0x1p-32f + (0.5 + 0x1p-24f);
  let lowest = vec4f(bitcast<vec4i>(bits & vec4u(511u))) * 0x1p-32f + 0x1p-33f;
  return select(v, lowest, v < vec4f(0x1p-23f));
}

/// 1 / E with E = -log(1 - v) ~ Exp(1), from 32 random bits.
fn inverse_exponential(random: vec4u) -> vec4f {
  let v = unit_interval(random);
  let bits = bitcast<vec4i>(1.0 - v);
  let e = binary_exponent(bits);
  let f = bitcast<vec4f>(bits - e * EXPONENT_STEP);
  let above_one = select(f - 1.0, -v, e == vec4i(0));
  return -1.0 / (vec4f(e) * LN_2 + log_series(above_one / (f + 1.0)));
}
