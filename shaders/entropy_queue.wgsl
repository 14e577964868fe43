// The entropy queues: rings of `capacity` entropies, and the order statistics of what they hold.
//
// Entropies are kept as their f32 bits, which rise with the value because no entropy is negative.
// queues: for each queue (entropies held, where the next one goes), then the rings.

#include "radix_select.wgsl"

/// Windows up to this length are ranked by counting.
const COUNTED_WINDOW = 256u;
const MASK_WORDS = (THREADS + 31u) / 32u;

var<workgroup> live_mask: array<atomic<u32>, MASK_WORDS>;
var<workgroup> window_length: u32;
var<workgroup> window_bits: array<u32, COUNTED_WINDOW>;
/// Entropies of rank `low` and, where it matters, of the rank above.
var<workgroup> ranked: array<u32, 2>;
var<workgroup> next_above: atomic<u32>;
var<private> ring_base: u32;
var<private> ring_length: u32;

fn ring_first(queue: u32) -> u32 {
  return 2u * globals.queues + queue * globals.capacity;
}

/// Entropies in the queue; the same for all threads.
fn queue_length(queue: u32, thread: u32) -> u32 {
  if (thread == 0u) {
    window_length = queues[2u * queue];
  }
  return workgroupUniformLoad(&window_length);
}

/// Pushes the entropy of every live member in row order; the oldest fall out.
fn push_entropies(queue: u32, first: u32, end: u32, thread: u32) {
  let held = queues[2u * queue];
  let next = queues[2u * queue + 1u];
  var live = 0u;
  for (var chunk = first; chunk < end; chunk += THREADS) {
    if (thread < MASK_WORDS) {
      atomicStore(&live_mask[thread], 0u);
    }
    workgroupBarrier();
    let i = chunk + thread;
    var entropy = -1.0;
    if (i < end) {
      entropy = partials[queue_member(i) * globals.splits].entropy;
    }
    if (entropy >= 0.0) {
      atomicOr(&live_mask[thread / 32u], 1u << (thread % 32u));
    }
    workgroupBarrier();
    var place = live;
    for (var word = 0u; word < MASK_WORDS; word++) {
      let bits = atomicLoad(&live_mask[word]);
      live += countOneBits(bits);
      let before = select(0u, 0xffffffffu, word < thread / 32u) | select(0u, (1u << (thread % 32u)) - 1u, word == thread / 32u);
      place += countOneBits(bits & before);
    }
    if (entropy >= 0.0) {
      queues[ring_first(queue) + (next + place) % globals.capacity] = bitcast<u32>(entropy);
    }
    // A chunk that laps the ring must come after the one it overwrites.
    storageBarrier();
    workgroupBarrier();
  }
  if (thread == 0u) {
    queues[2u * queue] = min(held + live, globals.capacity);
    queues[2u * queue + 1u] = (next + live) % globals.capacity;
  }
  storageBarrier();
  workgroupBarrier();
}

fn offer_all(thread: u32) {
  for (var i = thread; i < ring_length; i += THREADS) {
    radix_offer(queues[ring_base + i], 1u);
  }
}

/// Puts the entropies of rank `low` and low + 1 (if there is one) of a window of n > 0 into `ranked`.
fn rank_entropies(queue: u32, n: u32, low: u32, thread: u32) {
  ring_base = ring_first(queue);
  ring_length = n;
  if (n <= COUNTED_WINDOW) {
    for (var i = thread; i < n; i += THREADS) {
      window_bits[i] = queues[ring_base + i];
    }
    workgroupBarrier();
    for (var i = thread; i < n; i += THREADS) {
      let own = window_bits[i];
      var rank = 0u;
      for (var j = 0u; j < n; j++) {
        let other = window_bits[j];
        rank += u32(other < own || (other == own && j < i));
      }
      if (rank == low || rank == low + 1u) {
        ranked[rank - low] = own;
      }
    }
    workgroupBarrier();
    return;
  }
  let key = radix_select(low + 1u, thread);
  if (thread == 0u) {
    atomicStore(&next_above, 0xffffffffu);
  }
  workgroupBarrier();
  // Rank low + 1 is the same entropy when it occurs once more, else the smallest one above.
  for (var i = thread; i < n; i += THREADS) {
    let bits = queues[ring_base + i];
    if (bits > key) {
      atomicMin(&next_above, bits);
    }
  }
  workgroupBarrier();
  if (thread == 0u) {
    ranked[0] = key;
    ranked[1] = select(atomicLoad(&next_above), key, radix_target < radix_at_key);
  }
  workgroupBarrier();
}
