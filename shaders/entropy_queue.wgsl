// The entropy queues: rings of `capacity` entropies, and the order statistics of what they hold.
//
// Entropies are kept as their f32 bits, which rise with the value because no entropy is negative.
// queues: for each queue (entropies held, where the next one goes), then the rings.
//
// Barriers are what this costs on small queues, so there are few: each thread owns a run of neighbouring members.

#if LONG_QUEUE
#include "radix_select.wgsl"

var<workgroup> window_length: u32;
var<workgroup> next_above: atomic<u32>;
var<private> ring: u32;
var<private> ring_length: u32;

fn offer_all(thread: u32) {
  for (var i = thread; i < ring_length; i += THREADS) {
    radix_offer(queues[ring + i], 1u);
  }
}
#endif

/// Longest window that is ranked by counting.
const COUNTED_WINDOW = 128u;

var<workgroup> live_members: array<u32, THREADS>;
/// Entropies of rank `low` and, where there is one, of the rank above.
var<workgroup> ranked: array<u32, 2>;

/// The members first .. end - 1 of a queue that a thread owns, as positions in the list of members.
fn owned_members(first: u32, end: u32, thread: u32) -> vec2u {
  let each = (end - first + THREADS - 1u) / THREADS;
  let from_member = min(first + thread * each, end);
  return vec2u(from_member, min(from_member + each, end));
}

fn ring_first(queue: u32) -> u32 {
  return 2u * globals.queues + queue * globals.capacity;
}

/// Pushes the entropy of every live member in row order; the oldest fall out.
fn push_entropies(queue: u32, owned: vec2u, thread: u32) {
  let held = queues[2u * queue];
  let next = queues[2u * queue + 1u];
  var own_live = 0u;
  for (var i = owned.x; i < owned.y; i++) {
    own_live += u32(partials[queue_member(i) * globals.splits].entropy >= 0.0);
  }
  live_members[thread] = own_live;
  workgroupBarrier();
  var place = 0u;
  var live = 0u;
  for (var other = 0u; other < THREADS; other++) {
    place += select(0u, live_members[other], other < thread);
    live += live_members[other];
  }
  for (var i = owned.x; i < owned.y; i++) {
    let entropy = partials[queue_member(i) * globals.splits].entropy;
    if (entropy >= 0.0) {
      // Where one step laps the ring, only its last entropies stay.
      if (place + globals.capacity >= live) {
        queues[ring_first(queue) + (next + place) % globals.capacity] = bitcast<u32>(entropy);
      }
      place++;
    }
  }
  if (thread == 0u) {
    queues[2u * queue] = min(held + live, globals.capacity);
    queues[2u * queue + 1u] = (next + live) % globals.capacity;
  }
  // Everyone sees the ring before it is ranked.
  storageBarrier();
}

/// Puts the entropies of rank `low` and low + 1 of a window of n into `ranked`, by counting. Barrier afterwards.
fn rank_by_counting(queue: u32, n: u32, low: u32, thread: u32) {
  let start = ring_first(queue);
  for (var i = thread; i < n; i += THREADS) {
    let own = queues[start + i];
    var rank = 0u;
    for (var j = 0u; j < n; j++) {
      let other = queues[start + j];
      rank += u32(other < own || (other == own && j < i));
    }
    if (rank == low || rank == low + 1u) {
      ranked[rank - low] = own;
    }
  }
}

/// The same for any length; the caller has made n uniform. Barrier afterwards.
fn rank_entropies(queue: u32, n: u32, low: u32, thread: u32) {
#if LONG_QUEUE
  if (n > COUNTED_WINDOW) {
    ring = ring_first(queue);
    ring_length = n;
    let key = radix_select(low + 1u, thread);
    if (thread == 0u) {
      atomicStore(&next_above, 0xffffffffu);
    }
    workgroupBarrier();
    // Rank low + 1 is the same entropy when it occurs once more, else the smallest one above.
    for (var i = thread; i < n; i += THREADS) {
      let bits = queues[ring + i];
      if (bits > key) {
        atomicMin(&next_above, bits);
      }
    }
    workgroupBarrier();
    if (thread == 0u) {
      ranked[0] = key;
      ranked[1] = select(atomicLoad(&next_above), key, radix_target < radix_at_key);
    }
  } else {
    rank_by_counting(queue, n, low, thread);
  }
#else
  rank_by_counting(queue, n, low, thread);
#endif
}
