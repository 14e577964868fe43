// The smallest 32-bit key at which the running total of weights, in rising order of keys, reaches a target: four
// passes over the elements, 8 bits each, by one workgroup. Totals are integers, so the order in which threads add does
// not matter and every run gives the same key. (Larger digits need fewer passes, but every workgroup pays for zeroing
// its memory, and a software rasteriser even compiles that store by store.)
//
// The kernel that includes this offers its elements in `offer_all(thread)`, by radix_offer(key, weight).

const RADIX_BITS = 8u;
const RADIX_BINS = 1u << RADIX_BITS;
const RADIX_CHUNK = RADIX_BINS / THREADS;

var<workgroup> radix_totals: array<atomic<u32>, RADIX_BINS>;
var<workgroup> radix_chunks: array<u32, THREADS>;
/// Bits of the key that are settled, and how far the keys are shifted to show the digit in question.
var<workgroup> radix_prefix: u32;
var<workgroup> radix_target: u32;
/// After the last pass: the weight at the key itself.
var<workgroup> radix_at_key: u32;
var<private> radix_shift: u32;
var<private> radix_settled: u32;

fn radix_offer(key: u32, weight: u32) {
  if ((key & radix_settled) == radix_prefix) {
    atomicAdd(&radix_totals[(key >> radix_shift) % RADIX_BINS], weight);
  }
}

/// One digit. Afterwards radix_prefix holds it and radix_target what is left of the target inside its bin.
fn radix_pass(shift: u32, settled: u32, thread: u32) {
  radix_shift = shift;
  radix_settled = settled;
  for (var i = thread; i < RADIX_BINS; i += THREADS) {
    atomicStore(&radix_totals[i], 0u);
  }
  workgroupBarrier();
  offer_all(thread);
  workgroupBarrier();
  var chunk_total = 0u;
  for (var i = 0u; i < RADIX_CHUNK; i++) {
    chunk_total += atomicLoad(&radix_totals[thread * RADIX_CHUNK + i]);
  }
  radix_chunks[thread] = chunk_total;
  workgroupBarrier();
  if (thread == 0u) {
    var left = radix_target;
    if (settled == 0u) {
      // A target beyond all weight means the largest key that has any.
      var total = 0u;
      for (var i = 0u; i < THREADS; i++) {
        total += radix_chunks[i];
      }
      left = min(left, total);
    }
    var chunk = 0u;
    while (chunk < THREADS - 1u && radix_chunks[chunk] < left) {
      left -= radix_chunks[chunk];
      chunk++;
    }
    var bin = chunk * RADIX_CHUNK;
    let last = bin + RADIX_CHUNK - 1u;
    var total = atomicLoad(&radix_totals[bin]);
    while (bin < last && total < left) {
      left -= total;
      bin++;
      total = atomicLoad(&radix_totals[bin]);
    }
    radix_target = left;
    radix_prefix |= bin << shift;
    radix_at_key = total;
  }
  workgroupBarrier();
}

/// The key. Then radix_target - 1 of the weight at the key lies below the target, and radix_at_key is all of it.
fn radix_select(target_weight: u32, thread: u32) -> u32 {
  if (thread == 0u) {
    radix_prefix = 0u;
    radix_target = target_weight;
  }
  workgroupBarrier();
  var settled = 0u;
  for (var bits = 32u; bits > 0u; bits -= RADIX_BITS) {
    let shift = bits - RADIX_BITS;
    radix_pass(shift, settled, thread);
    settled = 0xffffffffu << shift;
  }
  return radix_prefix;
}
