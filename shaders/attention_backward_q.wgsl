// delta[t] = do[t].o[t];  p = e^(q.k SCALE - lse);  ds = p (do.v - delta);  dq[t] = SCALE sum_k ds k
// do, o [tokens, heads, D]; delta, lse [tokens, heads]; dqkv as qkv (this writes its q part); one thread a (tile, head).
// Dao et al. 2022 (2205.14135), algorithm 4, rows in registers instead of shared memory.
#include "attention_tile.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> tiles: array<Tile>;
@group(0) @binding(2) var<storage, read> qkv: array<Vec>;
@group(0) @binding(3) var<storage, read> o: array<Vec>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> dO: array<Vec>;
@group(0) @binding(6) var<storage, read_write> delta: array<f32>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<Vec>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= batch.tiles) { return; }
  let tile = tiles[id.x];
  let head = id.y;
  let last = min(tile.first + ROWS, tile.end) - 1u;
  let kHead = K_AT + (head / GROUP) * COLUMNS;
  let vHead = V_AT + (head / GROUP) * COLUMNS;
#for r in 0..ROWS
  let t$r = min(tile.first + $r, last);
  let lse$r = lse[t$r * HEADS + head];
  var delta$r = 0.0;
#for c in 0..COLUMNS
  let q$r_$c = qkv[t$r * STRIDE + head * COLUMNS + $c] * SCALE;
  let do$r_$c = dO[at(t$r, head) + $c];
  delta$r += inner(do$r_$c, o[at(t$r, head) + $c]);
  var dq$r_$c = Vec();
#endfor
#endfor
  for (var k = tile.start; k <= last; k++) {
    let kAt = k * STRIDE + kHead;
    let vAt = k * STRIDE + vHead;
#for r in 0..ROWS
    var s$r = 0.0;
    var dp$r = 0.0;
#endfor
#for c in 0..COLUMNS
    let k_$c = qkv[kAt + $c];
    let v_$c = qkv[vAt + $c];
#for r in 0..ROWS
    s$r += inner(q$r_$c, k_$c);
    dp$r += inner(do$r_$c, v_$c);
#endfor
#endfor
#for r in 0..ROWS
    let ds$r = select(0.0, exp(s$r - lse$r) * (dp$r - delta$r), k <= t$r);
#for c in 0..COLUMNS
    dq$r_$c += ds$r * k_$c;
#endfor
#endfor
  }
#for r in 0..ROWS
  if (tile.first + $r <= last) {
    delta[t$r * HEADS + head] = delta$r;
#for c in 0..COLUMNS
    dqkv[t$r * STRIDE + head * COLUMNS + $c] = dq$r_$c * SCALE;
#endfor
  }
#endfor
}
