// Philox4x32-10 (Salmon et al., SC'11): four random words from a counter and a key, the same bits as
// src/temperature/philox.ts. u32 arithmetic wraps in WGSL, so every device agrees.
//
// A draw's counter is (i, position, row, stream) with only i changing inside a row, so the half of the first two
// rounds that does not depend on i is done once, by philox_row.

const PHILOX_ROUNDS = 10u;

/// x >> 16.
fn high_half(x: u32) -> u32 {
#if SLOW_SHIFTS
  // A software rasteriser may shift lane by lane, but converts all lanes at once: the upper half, as a signed multiple
  // of 2^16, is exact in f32, and adding 1.5 * 2^39 leaves it in the lowest bits of the sum.
  return bitcast<u32>(f32(bitcast<i32>(x & 0xffff0000u)) + 0x1.8p39f) & 0xffffu;
#else
  return x >> 16u;
#endif
}

/// High words of the 64-bit product of `a` and the constant high * 2^16 + low. WGSL has no 64-bit integers, hence the halves.
fn multiply_high(a: u32, high: u32, low: u32) -> u32 {
  let a_low = a & 0xffffu;
  let a_high = high_half(a);
  let cross = a_low * high;
  let middle = a_high * low + high_half(a_low * low) + cross;
  // Only the last sum can exceed 32 bits.
  return a_high * high + high_half(middle) + select(0u, 0x10000u, middle < cross);
}

fn high0(a: u32) -> u32 {
  return multiply_high(a, 0xd251u, 0x1f53u);
}

fn high1(a: u32) -> u32 {
  return multiply_high(a, 0xcd9eu, 0x8d57u);
}

fn next_key(key: vec2u) -> vec2u {
  return key + vec2u(0x9e3779b9u, 0xbb67ae85u);
}

/// What the draws of one row at one position share.
struct PhiloxRow {
  /// Of the first round's result: the first two words, and what the third is mixed with.
  first: vec2u,
  mixed: u32,
  /// Of the second round's result: the third word before mixing and the fourth.
  second_high: u32,
  second_low: u32,
  /// Key of the second round.
  key: vec2u,
}

fn philox_row(position: u32, row: u32, stream: u32, seed: vec2u) -> PhiloxRow {
  let first = vec2u(high1(row) ^ position ^ seed.x, 0xcd9e8d57u * row);
  return PhiloxRow(first, stream ^ seed.y, high0(first.x), 0xd2511f53u * first.x, next_key(seed));
}

/// Words for counter (i, position, row, stream): one for each of the tokens 4i .. 4i + 3.
fn philox_words(shared_words: PhiloxRow, i: u32) -> vec4u {
  let third = high0(i) ^ shared_words.mixed;
  let fourth = 0xd2511f53u * i;
  var key = shared_words.key;
  var c = vec4u(
    high1(third) ^ shared_words.first.y ^ key.x,
    0xcd9e8d57u * third,
    shared_words.second_high ^ fourth ^ key.y,
    shared_words.second_low,
  );
  for (var round = 2u; round < PHILOX_ROUNDS; round++) {
    key = next_key(key);
    c = vec4u(high1(c.z) ^ c.y ^ key.x, 0xcd9e8d57u * c.z, high0(c.x) ^ c.w ^ key.y, 0xd2511f53u * c.x);
  }
  return c;
}
