// One token a row: turn q and k by RoPE, append k and v to the cache, o = softmax(q.k SCALE) v over the cache.
// LANES threads share a (row, head): each walks every LANES-th position with a running softmax, then they merge (SHARED).
// qkv [rows, (heads + 2 kvHeads) D] before RoPE, keys and values [rows, kvHeads, LENGTH, D], o [rows, heads, D],
// state [rows] (row_state.wgsl), table [positions, 2, D/2]: all cosines, then all sines. HALF = D / 2 in Vec.
#include "vec.wgsl"
#include "row_state.wgsl"
@group(0) @binding(0) var<storage, read> state: array<RowState>;
@group(0) @binding(1) var<storage, read> table: array<Vec>;
@group(0) @binding(2) var<storage, read> qkv: array<Vec>;
@group(0) @binding(3) var<storage, read_write> keys: array<Vec>;
@group(0) @binding(4) var<storage, read_write> values: array<Vec>;
@group(0) @binding(5) var<storage, read_write> o: array<Vec>;
const GROUP = HEADS / KV_HEADS;
const COLUMNS = 2u * HALF;
const LOWEST = -3.0e38;
const PER_GROUP = THREADS / LANES;   // (row, head) pairs of one workgroup
#if SHARED
var<workgroup> sums: array<Vec, THREADS * COLUMNS>;
var<workgroup> maxima: array<f32, THREADS>;
var<workgroup> totals: array<f32, THREADS>;
#endif

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let pair = group.x * PER_GROUP + thread / LANES;
  let lane = thread % LANES;
  let row = min(pair / HEADS, ROWS - 1u);
  let head = pair % HEADS;
  let live = pair < ROWS * HEADS && state[row].done == 0u;
  // A row that is done still reaches the barrier, with nothing to walk over and nothing to write.
  let now = select(0u, state[row].length - 1u, live);   // position of the newest token
  let qAt = (row * (HEADS + 2u * KV_HEADS) + head) * COLUMNS;
  let kAt = (row * (HEADS + 2u * KV_HEADS) + HEADS + head / GROUP) * COLUMNS;
  let vAt = kAt + KV_HEADS * COLUMNS;
  let cache = (row * KV_HEADS + head / GROUP) * LENGTH * COLUMNS;

  // The new position comes from registers, so that no thread reads what another writes in this dispatch.
  var m = 0.0;
#for i in 0..HALF
  let cosine$i = table[now * COLUMNS + $i];
  let sine$i = table[now * COLUMNS + HALF + $i];
  let qa$i = (qkv[qAt + $i] * cosine$i - qkv[qAt + HALF + $i] * sine$i) * SCALE;
  let qb$i = (qkv[qAt + HALF + $i] * cosine$i + qkv[qAt + $i] * sine$i) * SCALE;
  let ka$i = qkv[kAt + $i] * cosine$i - qkv[kAt + HALF + $i] * sine$i;
  let kb$i = qkv[kAt + HALF + $i] * cosine$i + qkv[kAt + $i] * sine$i;
  m += inner(qa$i, ka$i) + inner(qb$i, kb$i);
  var sa$i = qkv[vAt + $i];
  var sb$i = qkv[vAt + HALF + $i];
#endfor
  var total = 1.0;
  if (live && lane == 0u && head % GROUP == 0u) {
    let place = cache + now * COLUMNS;
#for i in 0..HALF
    keys[place + $i] = ka$i;
    keys[place + HALF + $i] = kb$i;
    values[place + $i] = sa$i;
    values[place + HALF + $i] = sb$i;
#endfor
  }
  if (lane != 0u) {   // lane 0 alone counts the new position
    m = LOWEST;
    total = 0.0;
#for i in 0..HALF
    sa$i = Vec();
    sb$i = Vec();
#endfor
  }

  for (var p = lane; p < now; p += LANES) {
    let place = cache + p * COLUMNS;
    var s = 0.0;
#for i in 0..HALF
    s += inner(qa$i, keys[place + $i]) + inner(qb$i, keys[place + HALF + $i]);
#endfor
    let n = max(m, s);
    let shrink = exp(m - n);
    let e = exp(s - n);
    m = n;
    total = total * shrink + e;
#for i in 0..HALF
    sa$i = sa$i * shrink + e * values[place + $i];
    sb$i = sb$i * shrink + e * values[place + HALF + $i];
#endfor
  }

  let out = (row * HEADS + head) * COLUMNS;
#if SHARED
  maxima[thread] = m;
  totals[thread] = total;
#for i in 0..HALF
  sums[thread * COLUMNS + $i] = sa$i;
  sums[thread * COLUMNS + HALF + $i] = sb$i;
#endfor
  workgroupBarrier();
  let first = thread - lane;
  var top = LOWEST;
  for (var j = first; j < first + LANES; j++) { top = max(top, maxima[j]); }
  var all = 0.0;
  for (var j = first; j < first + LANES; j++) { all += totals[j] * exp(maxima[j] - top); }
  if (!live) { return; }
  for (var c = lane; c < COLUMNS; c += LANES) {   // every lane merges the columns it owns
    var column = Vec();
    for (var j = first; j < first + LANES; j++) { column += sums[j * COLUMNS + c] * exp(maxima[j] - top); }
    o[out + c] = column / all;
  }
#else
  if (!live) { return; }
#for i in 0..HALF
  o[out + $i] = sa$i / total;
  o[out + HALF + $i] = sb$i / total;
#endfor
#endif
}
