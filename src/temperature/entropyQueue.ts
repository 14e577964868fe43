// The entropy queue Q: the last N token entropies, and the order statistics that thresholds are made of.
//
// A ring holds the order of arrival and a sorted array the order of size. All pushes of a decode step are merged into
// the sorted array at once, by block copies between the changed places, so a step of 64 rows costs one copy of the
// window (400 KB at N = 100 000), not a sort.
//
// Entropies are kept as float32, the precision they are recorded and saved in, so a restored queue is the same queue.

import type { SamplerConfig } from './schema.ts';

/** Where the sorted array starts; it doubles up to the queue's capacity. */
const FIRST_CAPACITY = 64;

export class EntropyQueue {
  private readonly capacity: number;
  /** Entropies in order of arrival; the oldest stands at `oldest` once the ring is full. */
  private ring: Float32Array;
  private oldest = 0;
  private count = 0;
  private sorted: Float32Array;
  /** The other half of the double buffer that merges write to. */
  private spare: Float32Array;

  /** `entropies`, oldest first, are what the queue already holds; of more than `capacity` the newest are kept. */
  constructor(capacity: number, entropies: ArrayLike<number> = []) {
    this.capacity = capacity;
    const kept = Float32Array.from(entropies).slice(-capacity);
    const size = Math.min(capacity, Math.max(FIRST_CAPACITY, kept.length));
    this.ring = new Float32Array(size);
    this.ring.set(kept);
    this.count = kept.length;
    this.sorted = new Float32Array(size);
    this.sorted.set(kept.sort());
    this.spare = new Float32Array(size);
  }

  /** n: entropies in the queue. */
  get length(): number {
    return this.count;
  }

  /** Pushes entropies in order; each drops the oldest once the queue is full. */
  push(entropies: Float32Array): void {
    // Of more than the queue can hold, only the last arrive; they replace everything.
    const added = entropies.slice(-this.capacity);
    this.grow(this.count + added.length);
    const dropped = Math.max(0, this.count + added.length - this.capacity);
    const removed = new Float32Array(dropped);
    for (let i = 0; i < dropped; i++) removed[i] = this.ring[(this.oldest + i) % this.capacity]!;
    for (let i = 0; i < added.length; i++) this.ring[(this.oldest + this.count + i) % this.capacity] = added[i]!;
    this.oldest = (this.oldest + dropped) % this.capacity;
    this.merge(added.sort(), removed.sort());
    this.count += added.length - dropped;
  }

  /** Entropies, oldest first. */
  read(): Float32Array {
    return Float32Array.from({ length: this.count }, (_, i) => this.ring[(this.oldest + i) % this.capacity]!);
  }

  /** The entropy of rank 0 (least) to n - 1. */
  ofRank(rank: number): number {
    return this.sorted[rank]!;
  }

  /**
   * Rank of H among the queue's entropies, in [0, 1], equal ones sharing their middle rank. push-first: H itself is one
   * of them and is not counted against itself; alone there, it is in the middle.
   */
  midrank(H: number, order: SamplerConfig['queue']['order']): number {
    const below = this.countBelow(H, 0);
    const equal = this.countBelow(H, 1) - below;
    if (order === 'threshold-first') return (below + equal / 2) / this.count;
    if (this.count === 1) return 0.5;
    // In a queue shorter than the step has rows, H may have been pushed out again: keep its rank inside.
    return Math.min(1, Math.max(0, (below + (equal - 1) / 2) / (this.count - 1)));
  }

  /** Entropies < H, or <= H with `orEqual` 1. */
  private countBelow(H: number, orEqual: 0 | 1): number {
    return lowerBound(this.sorted, 0, this.count, H, orEqual);
  }

  /** Makes room for `count` entropies; a ring that grows has never wrapped, since it wraps only at full capacity. */
  private grow(count: number): void {
    const needed = Math.min(count, this.capacity);
    if (needed <= this.ring.length) return;
    const size = Math.min(this.capacity, Math.max(needed, 2 * this.ring.length));
    for (const name of ['ring', 'sorted'] as const) {
      const larger = new Float32Array(size);
      larger.set(this[name]);
      this[name] = larger;
    }
    this.spare = new Float32Array(size);
  }

  /** sorted <- sorted without `removed`, with `added`; both rising, `removed` all in the queue before or in `added`. */
  private merge(added: Float32Array, removed: Float32Array): void {
    const { sorted, spare } = this;
    const room = this.count + added.length - removed.length;
    let from = 0;
    let to = 0;
    let a = 0;
    let r = 0;
    while (a < added.length || r < removed.length) {
      // Equal values: drop first, so that a value both dropped and added leaves the room it takes.
      const dropping = r < removed.length && !(a < added.length && added[a]! < removed[r]!);
      const value = dropping ? removed[r]! : added[a]!;
      const end = lowerBound(sorted, from, this.count, value, 0);
      spare.set(sorted.subarray(from, end), to);
      to += end - from;
      from = end;
      if (dropping) {
        from += 1;
        r += 1;
      } else {
        spare[to] = value;
        to += 1;
        a += 1;
      }
    }
    spare.set(sorted.subarray(from, from + room - to), to);
    this.sorted = spare;
    this.spare = sorted;
  }
}

/** The first index in [from, to) of rising values that is not < x (or, with orEqual 1, not <= x). */
function lowerBound(values: Float32Array, from: number, to: number, x: number, orEqual: 0 | 1): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const v = values[middle]!;
    if (v < x || (orEqual === 1 && v === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}
