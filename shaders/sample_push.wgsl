// The push of a step in which the ranks are taken in the queue as it was (rank rule, threshold first): it must wait
// until sample_redraw has read the old window. One workgroup for each queue.

#include "sampler_globals.wgsl"
#include "sampler_tables.wgsl"
#include "sampler_partial.wgsl"
#include "exponential.wgsl"
#include "entropy_queue.wgsl"

@group(0) @binding(0) var<uniform> globals: SamplerGlobals;
@group(0) @binding(1) var<storage, read> tables: array<u32>;
@group(0) @binding(2) var<storage, read> partials: array<Partial>;
@group(0) @binding(3) var<storage, read_write> queues: array<u32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  push_entropies(group.x, owned_members(queue_start(group.x), queue_start(group.x + 1u), thread), thread);
}
