// p = e^(q.k SCALE - lse);  ds = p (do.v - delta);  dk[t] = SCALE sum_q ds q;  dv[t] = sum_q p do
// over queries q >= t of the same sequence and all q heads of this kv head: one writer an element, no atomics.
// dqkv as qkv (this writes its k and v parts); one thread a (tile, kv head).
#include "attention_tile.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> tiles: array<Tile>;
@group(0) @binding(2) var<storage, read> qkv: array<Vec>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> delta: array<f32>;
@group(0) @binding(5) var<storage, read> dO: array<Vec>;
@group(0) @binding(6) var<storage, read_write> dqkv: array<Vec>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= batch.tiles) { return; }
  let tile = tiles[id.x];
  let kvHead = id.y;
  let last = min(tile.first + ROWS, tile.end) - 1u;
  let kHead = K_AT + kvHead * COLUMNS;
  let vHead = V_AT + kvHead * COLUMNS;
#for r in 0..ROWS
  let t$r = min(tile.first + $r, last);
#for c in 0..COLUMNS
  let k$r_$c = qkv[t$r * STRIDE + kHead + $c] * SCALE;
  let v$r_$c = qkv[t$r * STRIDE + vHead + $c];
  var dk$r_$c = Vec();
  var dv$r_$c = Vec();
#endfor
#endfor
  for (var g = 0u; g < GROUP; g++) {
    let head = kvHead * GROUP + g;
    for (var q = tile.first; q < tile.end; q++) {
      let qAt = q * STRIDE + head * COLUMNS;
      let oAt = at(q, head);
      let lseQ = lse[q * HEADS + head];
      let deltaQ = delta[q * HEADS + head];
#for r in 0..ROWS
      var s$r = 0.0;
      var dp$r = 0.0;
#endfor
#for c in 0..COLUMNS
      let q_$c = qkv[qAt + $c];
      let do_$c = dO[oAt + $c];
#for r in 0..ROWS
      s$r += inner(k$r_$c, q_$c);
      dp$r += inner(v$r_$c, do_$c);
#endfor
#endfor
#for r in 0..ROWS
      let p$r = select(0.0, exp(s$r - lseQ), t$r <= q);
      let ds$r = p$r * (dp$r - deltaQ);
#for c in 0..COLUMNS
      dk$r_$c += ds$r * q_$c;
      dv$r_$c += p$r * do_$c;
#endfor
#endfor
    }
  }
#for r in 0..ROWS
  if (tile.first + $r <= last) {
#for c in 0..COLUMNS
    dqkv[t$r * STRIDE + kHead + $c] = dk$r_$c * SCALE;
    dqkv[t$r * STRIDE + vHead + $c] = dv$r_$c;
#endfor
  }
#endfor
}
