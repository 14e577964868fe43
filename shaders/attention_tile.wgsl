// Causal attention over packed rows. One thread owns ROWS consecutive tokens of one sequence (a tile): each key or value
// it loads serves all of them. No workgroup memory, no barrier, no atomics.
//   q head h reads kv head h / GROUP; qkv [tokens, heads + 2 kvHeads, D] with RoPE already applied to q and k.
#include "vec.wgsl"
#include "batch.wgsl"
struct Tile {
  first: u32,   // first token of the tile
  start: u32,   // first token of its sequence
  end: u32,     // one past the last token of its sequence
  pad: u32,
}
const GROUP = HEADS / KV_HEADS;
const STRIDE = (HEADS + 2u * KV_HEADS) * COLUMNS;   // in Vec; COLUMNS = D / (4 or 1)
const K_AT = HEADS * COLUMNS;
const V_AT = (HEADS + KV_HEADS) * COLUMNS;
const LOWEST = -3.0e38;
fn at(token: u32, head: u32) -> u32 { return (token * HEADS + head) * COLUMNS; }
