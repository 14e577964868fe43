// How fast steps are: over the last seconds, without the first steps, which compile and allocate.

import type { PretrainRate } from './calls.ts';

const WINDOW_MS = 5000;

interface Mark {
  readonly atMs: number;
  /** Steps and tokens so far. */
  readonly steps: number;
  readonly tokens: number;
}

export class Pace {
  #toSkip: number;
  #marks: Mark[] = [];

  /** @param warmUp steps that do not count */
  constructor(warmUp: number) {
    this.#toSkip = warmUp;
  }

  /** A step of so many tokens has ended. */
  took(atMs: number, tokens: number): void {
    if (this.#toSkip > 0) {
      this.#toSkip--;
      if (this.#toSkip === 0) this.#marks = [{ atMs, steps: 0, tokens: 0 }];
      return;
    }
    const before = this.#marks.at(-1) ?? { steps: -1, tokens: -tokens };
    this.#marks.push({ atMs, steps: before.steps + 1, tokens: before.tokens + tokens });
    const first = this.#marks.findIndex((mark) => mark.atMs >= atMs - WINDOW_MS);
    // One mark from before the window stays: a step may be longer than the window.
    if (first > 1) this.#marks.splice(0, first - 1);
  }

  /** Milliseconds that count so far. */
  get measuredMs(): number {
    return this.#marks.length === 0 ? 0 : this.#marks.at(-1)!.atMs - this.#marks[0]!.atMs;
  }

  /** Null before the end of the first step that counts. */
  get rate(): PretrainRate | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.steps === first.steps || last.atMs === first.atMs)
      return null;
    const ms = last.atMs - first.atMs;
    return {
      msPerStep: ms / (last.steps - first.steps),
      tokensPerSecond: (1000 * (last.tokens - first.tokens)) / ms,
    };
  }
}
