// The points of a drawn schedule and the stages of a stepped one: edits that keep steps whole and rising.

export interface Knot {
  readonly step: number;
  readonly tau: number;
}

/** Smallest temperature that can be drawn. */
const LEAST_TAU = 0.05;
const TAU_GRID = 0.01;

const rounded = (tau: number) => Number((Math.round(Math.max(LEAST_TAU, tau) / TAU_GRID) * TAU_GRID).toPrecision(6));

/**
 * One knot put elsewhere, as far as its neighbours let it: steps stay whole and rise.
 * @param isFirstFixed stages begin at step 0
 */
export function moved(knots: readonly Knot[], at: number, to: Knot, isFirstFixed: boolean): Knot[] {
  const least = at === 0 ? 0 : knots[at - 1]!.step + 1;
  const most = at === knots.length - 1 ? Number.MAX_SAFE_INTEGER : knots[at + 1]!.step - 1;
  const step = at === 0 && isFirstFixed ? 0 : Math.min(most, Math.max(least, Math.round(to.step)));
  return knots.map((knot, i) => (i === at ? { step, tau: rounded(to.tau) } : knot));
}

/** A knot more, at its place; the same list where there is one at that step. */
export function added(knots: readonly Knot[], knot: Knot): readonly Knot[] {
  const step = Math.max(0, Math.round(knot.step));
  if (knots.some((other) => other.step === step)) return knots;
  return [...knots, { step, tau: rounded(knot.tau) }].sort((a, b) => a.step - b.step);
}

/** One knot less; the last one, and the first stage, stay. */
export function removed(knots: readonly Knot[], at: number, isFirstFixed: boolean): readonly Knot[] {
  if (knots.length === 1 || (at === 0 && isFirstFixed)) return knots;
  return knots.filter((_, i) => i !== at);
}
