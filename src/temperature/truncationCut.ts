// Truncation after temperature, in the order top-k, top-p, min-p, as one cut on the logits: a token is kept iff its
// logit reaches the cut, so tokens that tie with the last kept one are kept.
//
// top-k and top-p ask the same question: which is the largest logit z such that the tokens of logit >= z together weigh
// enough (each weighs 1, or its probability)? Selection answers it in time proportional to V, without a sort.

import type { TruncationRule } from './schema.ts';

/**
 * The cut for softmax(logits / tau), tau > 0; -Infinity keeps all. `largest` is the largest logit; `scratch` holds at
 * least as many values as there are logits and is overwritten.
 */
export function truncationCut(
  rule: TruncationRule,
  logits: Float32Array,
  largest: number,
  tau: number,
  scratch: Float32Array,
): number {
  let cut = Number.NEGATIVE_INFINITY;
  if (rule.topK > 0) {
    scratch.set(logits);
    cut = heaviest(scratch, logits.length, () => 1, rule.topK);
  }
  if (rule.topP < 1) {
    let kept = 0;
    let total = 0;
    const weight = (z: number) => Math.exp((z - largest) / tau);
    for (const z of logits) {
      if (z < cut) continue;
      scratch[kept++] = z;
      total += weight(z);
    }
    cut = heaviest(scratch, kept, weight, rule.topP * total);
  }
  // p >= minP * p_max, taken to logits: z >= max + tau ln minP.
  if (rule.minP > 0) cut = Math.max(cut, largest + tau * Math.log(rule.minP));
  return cut;
}

/**
 * The largest value z of values[0 .. count) such that the values >= z together weigh `target`; the smallest value if
 * all together do not. Reorders the values (quickselect by weight).
 */
function heaviest(values: Float32Array, count: number, weight: (z: number) => number, target: number): number {
  let low = 0;
  let high = count;
  /** What is still to be found among values[low .. high); everything heavier than them is already taken. */
  let missing = target;
  while (high - low > 1) {
    const pivot = middleOf(values[low]!, values[(low + high) >>> 1]!, values[high - 1]!);
    // Larger than the pivot to the front, smaller to the back, equal in between.
    let front = low;
    let back = high;
    let above = 0;
    let equal = 0;
    for (let i = low; i < back; ) {
      const z = values[i]!;
      if (z > pivot) {
        above += weight(z);
        values[i] = values[front]!;
        values[front] = z;
        front += 1;
        i += 1;
      } else if (z < pivot) {
        back -= 1;
        values[i] = values[back]!;
        values[back] = z;
      } else {
        equal += weight(z);
        i += 1;
      }
    }
    if (above >= missing) high = front;
    else if (above + equal >= missing || back === high) return pivot;
    else {
      missing -= above + equal;
      low = back;
    }
  }
  return values[low]!;
}

/** The middle one of three. */
function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
