// One token a row: turn q and k by RoPE, append k and v to the cache, o = softmax(q.k SCALE) v over the cache.
// LANES threads share a (row, head): each walks every LANES-th position with a running softmax, then they merge.
// qkv [rows, (heads + 2 kvHeads) D] before RoPE, keys and values [rows, kvHeads, LENGTH, D], o [rows, heads, D],
// state [rows] (row_state.wgsl), table [positions, 2, D/2]: all cosines, then all sines.
#include "row_state.wgsl"
@group(0) @binding(0) var<storage, read> state: array<RowState>;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> qkv: array<f32>;
@group(0) @binding(3) var<storage, read_write> keys: array<f32>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;
@group(0) @binding(5) var<storage, read_write> o: array<f32>;
const GROUP = HEADS / KV_HEADS;
const HALF = D / 2u;
const LOWEST = -3.0e38;
const PER_GROUP = THREADS / LANES;   // (row, head) pairs of one workgroup
#if SHARED
var<workgroup> merged: array<f32, THREADS * (D + 2u)>;
#endif

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let pair = group.x * PER_GROUP + thread / LANES;
  let lane = thread % LANES;
  let row = min(pair / HEADS, ROWS - 1u);
  let head = pair % HEADS;
  let kvHead = head / GROUP;
  let live = pair < ROWS * HEADS && state[row].done == 0u;
  let now = state[row].length - 1u;              // position of the newest token
  let base = row * (HEADS + 2u * KV_HEADS) * D;
  let qAt = base + head * D;
  let kAt = base + (HEADS + kvHead) * D;
  let vAt = kAt + KV_HEADS * D;
  let cacheAt = (row * KV_HEADS + kvHead) * LENGTH * D;
  var q: array<f32, D>;
  var k: array<f32, D>;
  var sum: array<f32, D>;
  var m = LOWEST;
  var l = 0.0;
  if (live) {
    for (var i = 0u; i < HALF; i++) {
      let c = table[now * D + i];
      let s = table[now * D + HALF + i];
      let qa = qkv[qAt + i];
      let qb = qkv[qAt + i + HALF];
      q[i] = (qa * c - qb * s) * SCALE;
      q[i + HALF] = (qb * c + qa * s) * SCALE;
      let ka = qkv[kAt + i];
      let kb = qkv[kAt + i + HALF];
      k[i] = ka * c - kb * s;
      k[i + HALF] = kb * c + ka * s;
    }
    // The new position comes from registers, so no thread reads what another writes in this dispatch.
    if (lane == 0u) {
      m = 0.0;
      l = 1.0;
      for (var i = 0u; i < D; i++) {
        m += q[i] * k[i];
        sum[i] = qkv[vAt + i];
      }
      if (head % GROUP == 0u) {
        for (var i = 0u; i < D; i++) {
          keys[cacheAt + now * D + i] = k[i];
          values[cacheAt + now * D + i] = sum[i];
        }
      }
    }
    for (var p = lane; p < now; p += LANES) {
      let at = cacheAt + p * D;
      var s = 0.0;
      for (var i = 0u; i < D; i++) { s += q[i] * keys[at + i]; }
      let n = max(m, s);
      let shrink = exp(m - n);
      let e = exp(s - n);
      m = n;
      l = l * shrink + e;
      for (var i = 0u; i < D; i++) { sum[i] = sum[i] * shrink + e * values[at + i]; }
    }
  }
#if SHARED
  let slot = thread * (D + 2u);
  merged[slot] = m;
  merged[slot + 1u] = l;
  for (var i = 0u; i < D; i++) { merged[slot + 2u + i] = sum[i]; }
  workgroupBarrier();
  // Every lane merges the columns it owns.
  let first = (thread - lane) * (D + 2u);
  var top = LOWEST;
  for (var j = 0u; j < LANES; j++) { top = max(top, merged[first + j * (D + 2u)]); }
  var total = 0.0;
  for (var j = 0u; j < LANES; j++) { total += merged[first + j * (D + 2u) + 1u] * exp(merged[first + j * (D + 2u)] - top); }
  if (live) {
    for (var i = lane; i < D; i += LANES) {
      var column = 0.0;
      for (var j = 0u; j < LANES; j++) {
        let at = first + j * (D + 2u);
        column += merged[at + 2u + i] * exp(merged[at] - top);
      }
      o[(row * HEADS + head) * D + i] = column / total;
    }
  }
#else
  if (live) {
    for (var i = 0u; i < D; i++) { o[(row * HEADS + head) * D + i] = sum[i] / l; }
  }
#endif
}
