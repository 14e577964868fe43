// Rotary positions, in place, on the q and k heads of qkv:
//   (a, b) -> (a cos - b sin, b cos + a sin),  a = head[i], b = head[i + D/2], angle = position * theta^(-2i/D)
// BACKWARD turns the other way: the transpose of a rotation is its inverse. Su et al. 2021 (2104.09864), Hugging Face's
// pairing of i with i + D/2. Angles come as a table made in float64: WGSL's sin and cos are only good to 2^-11.
// qkv [tokens, (heads + 2 kvHeads) D], table [positions, 2, D/2]: all cosines, then all sines; one thread a (token, Vec of pairs of a q or k head).
#include "element.wgsl"
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> position: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<Vec>;
@group(0) @binding(3) var<storage, read_write> qkv: array<Vec>;
const PAIRS = (HEADS + KV_HEADS) * HALF;            // HALF = D / 2 in Vec
const STRIDE = (HEADS + 2u * KV_HEADS) * 2u * HALF;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= batch.tokens * PAIRS) { return; }
  let token = i / PAIRS;
  let pair = i % HALF;
  let first = token * STRIDE + (i % PAIRS) / HALF * 2u * HALF + pair;
  let turn = position[token] * 2u * HALF + pair;
  let c = table[turn];
#if BACKWARD
  let s = -table[turn + HALF];
#else
  let s = table[turn + HALF];
#endif
  let a = qkv[first];
  let b = qkv[first + HALF];
  qkv[first] = a * c - b * s;
  qkv[first + HALF] = b * c + a * s;
}
