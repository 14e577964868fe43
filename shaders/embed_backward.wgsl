// dE[v] += sum over tokens t with id[t] = v of dx[t]
// The host sorts tokens into buckets by id, so the sum runs in token order without atomics: the same bits every time.
// bucketId [buckets], bucketStart [buckets + 1], bucketToken [tokens]; one thread a (bucket, Vec).
#include "vec.wgsl"
#include "batch.wgsl"
@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> bucketId: array<u32>;
@group(0) @binding(2) var<storage, read> bucketStart: array<u32>;
@group(0) @binding(3) var<storage, read> bucketToken: array<u32>;
@group(0) @binding(4) var<storage, read> dx: array<Vec>;
@group(0) @binding(5) var<storage, read_write> dEmbedding: array<Vec>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let bucket = id.y;
  if (id.x >= COLUMNS || bucket >= batch.buckets) { return; }
  var sum = Vec();
  for (var i = bucketStart[bucket]; i < bucketStart[bucket + 1u]; i++) {
    sum += dx[bucketToken[i] * COLUMNS + id.x];
  }
  dEmbedding[bucketId[bucket] * COLUMNS + id.x] += sum;
}
