// Rotary positions, in place, on the q and k heads of qkv:
//   (a, b) -> (a cos - b sin, b cos + a sin),  a = head[i], b = head[i + D/2], angle = position * theta^(-2i/D)
// BACKWARD turns the other way: the transpose of a rotation is its inverse. Su et al. 2021 (2104.09864), Hugging Face's
// pairing of i with i + D/2. Angles come as a table made in float64: WGSL's sin and cos are only good to 2^-11.
// qkv [tokens, (heads + 2 kvHeads) D], table [positions, D/2] of (cos, sin); one thread a (token, pair of a q or k head).
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> position: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> qkv: array<f32>;
const HALF = D / 2u;
const PAIRS = (HEADS + KV_HEADS) * HALF;
const STRIDE = (HEADS + 2u * KV_HEADS) * D;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = id.y;
  if (id.x >= PAIRS || token >= batch.tokens) { return; }
  let pair = id.x % HALF;
  let i = token * STRIDE + (id.x / HALF) * D + pair;
  let turn = table[position[token] * HALF + pair];
#if BACKWARD
  let s = -turn.y;
#else
  let s = turn.y;
#endif
  let a = qkv[i];
  let b = qkv[i + HALF];
  qkv[i] = a * turn.x - b * s;
  qkv[i + HALF] = b * turn.x + a * s;
}
