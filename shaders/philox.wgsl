// Philox4x32-10 (Salmon et al., SC'11): four random words from a counter and a key, the same bits as
// src/temperature/philox.ts. u32 arithmetic wraps in WGSL, so every device agrees.

const PHILOX_ROUNDS = 10u;

/// High words of the 64-bit product of `a` and the constant high * 2^16 + low. WGSL has no 64-bit integers, hence the halves.
fn multiply_high(a: u32, high: u32, low: u32) -> u32 {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let upper = a_high * low + ((a_low * low) >> 16u);
  let lower = a_low * high + (upper & 0xffffu);
  return a_high * high + (upper >> 16u) + (lower >> 16u);
}

fn philox4x32(counter: vec4u, seed: vec2u) -> vec4u {
  var c = counter;
  var key = seed;
  for (var round = 0u; round < PHILOX_ROUNDS; round++) {
    let high0 = multiply_high(c.x, 0xd251u, 0x1f53u);
    let high1 = multiply_high(c.z, 0xcd9eu, 0x8d57u);
    c = vec4u(high1 ^ c.y ^ key.x, 0xcd9e8d57u * c.z, high0 ^ c.w ^ key.y, 0xd2511f53u * c.x);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}
