// o[t] = sum_k softmax_k(q[t].k[k] SCALE) v[k],  k <= t in the same sequence;  lse[t] = log sum_k e^(q.k SCALE)
// Keys come in blocks of 4: one rescale of the running maximum a block (Milakov & Gimelshein 2018, 1805.02867).
// o [tokens, heads, D], lse [tokens, heads]; one thread a (tile, head).
#include "attention_tile.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> tiles: array<Tile>;
@group(0) @binding(2) var<storage, read> qkv: array<Vec>;
@group(0) @binding(3) var<storage, read_write> o: array<Vec>;
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;

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
  var m$r = LOWEST;
  var l$r = 0.0;
#for c in 0..COLUMNS
  let q$r_$c = qkv[t$r * STRIDE + head * COLUMNS + $c] * SCALE;
  var o$r_$c = Vec();
#endfor
#endfor
  for (var k = tile.start; k <= last; k += 4u) {
#for j in 0..4
    let k$j = min(k + $j, last);
    let kAt$j = k$j * STRIDE + kHead;
#for r in 0..ROWS
    var s$r_$j = 0.0;
#endfor
#for c in 0..COLUMNS
    let k$j_$c = qkv[kAt$j + $c];
#for r in 0..ROWS
    s$r_$j += inner(q$r_$c, k$j_$c);
#endfor
#endfor
#endfor
#for r in 0..ROWS
#for j in 0..4
    s$r_$j = select(LOWEST, s$r_$j, k + $j <= t$r);
#endfor
    let n$r = max(max(m$r, max(s$r_0, s$r_1)), max(s$r_2, s$r_3));
    let shrink$r = exp(m$r - n$r);
    m$r = n$r;
#for j in 0..4
    let p$r_$j = exp(s$r_$j - n$r);
#endfor
    l$r = l$r * shrink$r + (p$r_0 + p$r_1 + p$r_2 + p$r_3);
#for c in 0..COLUMNS
    o$r_$c *= shrink$r;
#endfor
#endfor
#for j in 0..4
    let vAt$j = k$j * STRIDE + vHead;
#for c in 0..COLUMNS
    let v$j_$c = qkv[vAt$j + $c];
#for r in 0..ROWS
    o$r_$c += p$r_$j * v$j_$c;
#endfor
#endfor
#endfor
  }
#for r in 0..ROWS
  if (tile.first + $r <= last) {
    lse[t$r * HEADS + head] = m$r + log(l$r);
#for c in 0..COLUMNS
    o[at(t$r, head) + $c] = o$r_$c / l$r;
#endfor
  }
#endfor
}
