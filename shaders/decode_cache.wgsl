// cache[row][kv head][position] = k or v of the prompt's token at that position, RoPE already applied to k
// Rows with the same prompt share one prefill: prompt[row] = (first packed token of the prompt, tokens to copy).
// qkv [tokens, (heads + 2 kvHeads) D], keys and values [rows, kvHeads, LENGTH, D]; one thread a (Vec of k and v, position, row).
#include "vec.wgsl"
@group(0) @binding(0) var<storage, read> prompt: array<vec2u>;
@group(0) @binding(1) var<storage, read> qkv: array<Vec>;
@group(0) @binding(2) var<storage, read_write> keys: array<Vec>;
@group(0) @binding(3) var<storage, read_write> values: array<Vec>;
const STRIDE = (HEADS + 2u * KV_HEADS) * COLUMNS;   // COLUMNS = D / (4 or 1)

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let position = id.y;
  let row = id.z;
  if (id.x >= KV_HEADS * COLUMNS || position >= prompt[row].y) { return; }
  let source = (prompt[row].x + position) * STRIDE + HEADS * COLUMNS + id.x;
  let place = ((row * KV_HEADS + id.x / COLUMNS) * LENGTH + position) * COLUMNS + id.x % COLUMNS;
  keys[place] = qkv[source];
  values[place] = qkv[source + KV_HEADS * COLUMNS];
}
