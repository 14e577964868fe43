// Branches: the same group, but for one rollout that takes another token at one place and goes on from there.
//
//   branch 0 ── rollout 3, token 5: "+" ── branch 1 ── rollout 3, token 9: "7" ── branch 2
//          └─── rollout 1, token 2: "4" ── branch 3
//
// The other rollouts keep their tokens, so that rewards differ by this one choice alone. With the same noise every later
// token of the branch races against the same numbers as before: what differs follows from the choice, not from luck.

import { type Strip, spliced, stripsOf, type Take } from './take.ts';

export interface Fork {
  readonly row: number;
  /** The token that was taken, and its place in the completion. */
  readonly index: number;
  readonly token: number;
  readonly noise: 'same' | 'fresh';
}

export interface Branch {
  readonly id: number;
  /** null: the first. */
  readonly parent: number | null;
  readonly fork: Fork | null;
  /** Noise stream of tokens that are still to be drawn. */
  readonly stream: number;
  /** The latest; null: it was sampled elsewhere. */
  readonly take: Take | null;
  readonly strips: readonly Strip[];
  /** Tokens that no setting draws anew, by row: up to and with those that a fork chose. */
  readonly pinned: readonly number[];
  /** Tokens revealed, by row. */
  readonly revealed: readonly number[];
  /** Rows that go on behind the tokens that are there; none where rollouts are drawn whole. */
  readonly open: readonly boolean[];
  /** What was revealed, in order, for Back. */
  readonly trail: readonly Reveal[];
}

export interface Reveal {
  readonly row: number;
  readonly tokens: number;
}

export interface Place {
  readonly row: number;
  /** Up to the number of revealed tokens, which is the place of the next. */
  readonly index: number;
}

export const lengthOf = (branch: Branch, row: number): number => branch.strips[row]!.rollout.ids.length;
export const revealedOf = (branch: Branch, row: number): number => branch.revealed[row]!;
export const isWhole = (branch: Branch, row: number): boolean =>
  revealedOf(branch, row) >= lengthOf(branch, row) && !branch.open[row]!;

/** Tokens at the start of a row that the next take must begin with. */
export const keptOf = (branch: Branch, row: number): number => Math.max(revealedOf(branch, row), branch.pinned[row]!);

/** A group of which nothing is revealed yet. */
export function firstBranch(take: Take): Branch {
  const none = take.rollouts.map(() => 0);
  const strips = stripsOf(take);
  return {
    id: 0,
    parent: null,
    fork: null,
    stream: take.stream,
    take,
    strips,
    pinned: none,
    revealed: none,
    open: none.map(() => false),
    trail: [],
  };
}

/** The branch with everything that is neither revealed nor pinned taken from a newer take. */
export function redrawn(branch: Branch, take: Take): Branch {
  const strips = branch.strips.map((strip, row) => spliced(strip, keptOf(branch, row), take, row));
  return { ...branch, take, strips };
}

/** A new branch, from a take that was forced to the fork's token and to all tokens of the other rows. */
export function grown(from: Branch, id: number, fork: Fork, take: Take): Branch {
  const { row, index } = fork;
  const isOwn = (r: number) => r === row;
  const strips = from.strips.map((strip, r) => (isOwn(r) ? spliced(strip, index, take, r) : strip));
  const length = strips[row]!.rollout.ids.length;
  const shown = [
    { row, tokens: index },
    { row, tokens: length - index },
  ].filter(({ tokens }) => tokens > 0);
  return {
    id,
    parent: from.id,
    fork,
    stream: take.stream,
    take,
    strips,
    pinned: from.pinned.map((count, r) => (isOwn(r) ? index + 1 : count)),
    revealed: from.revealed.map((count, r) => (isOwn(r) ? length : count)),
    open: from.open,
    trail: [...from.trail.filter((one) => !isOwn(one.row)), ...shown],
  };
}

/** Reveals up to `tokens` more of a row. */
export function reveal(branch: Branch, row: number, tokens: number): Branch {
  const more = Math.min(tokens, lengthOf(branch, row) - revealedOf(branch, row));
  if (more <= 0) return branch;
  return {
    ...branch,
    revealed: branch.revealed.map((count, r) => (r === row ? count + more : count)),
    trail: [...branch.trail, { row, tokens: more }],
  };
}

/** Hides what was revealed last. */
export function unreveal(branch: Branch): Branch {
  const last = branch.trail.at(-1);
  if (last === undefined) return branch;
  return {
    ...branch,
    revealed: branch.revealed.map((count, row) => (row === last.row ? count - last.tokens : count)),
    trail: branch.trail.slice(0, -1),
  };
}

/** The row that has something to reveal: this one, else the next in turn; null when all is revealed. */
export function openRow(branch: Branch, from: number): number | null {
  const rows = branch.strips.length;
  for (let step = 0; step < rows; step++) {
    const row = (from + step) % rows;
    if (!isWhole(branch, row)) return row;
  }
  return null;
}

/** The branches without this one and all that grew from it. */
export function withoutBranch(branches: readonly Branch[], id: number): Branch[] {
  const gone = new Set([id]);
  // A branch stands after the one it grew from.
  for (const { id: own, parent } of branches) if (parent !== null && gone.has(parent)) gone.add(own);
  return branches.filter((branch) => !gone.has(branch.id));
}

/** Depth first: each branch before what grew from it, and how deep it stands. */
export function inTreeOrder(branches: readonly Branch[]): { readonly branch: Branch; readonly depth: number }[] {
  const under = (parent: number | null, depth: number): { branch: Branch; depth: number }[] =>
    branches
      .filter((branch) => branch.parent === parent)
      .flatMap((branch) => [{ branch, depth }, ...under(branch.id, depth + 1)]);
  return under(null, 0);
}
