/**
 * Learns how long a unit of work takes, so that work can be cut into submits of about `targetMs`: short enough for the
 * page, which draws on the same GPU, and for the watchdogs that reset a GPU after some seconds.
 */
export class Pace {
  readonly #targetMs: number;
  #msPerUnit: number;
  #lastEnd = 0;

  /** @param firstUnits units of the first submit, before anything is known: few rather than many */
  constructor(targetMs: number, firstUnits: number) {
    this.#targetMs = targetMs;
    this.#msPerUnit = targetMs / firstUnits;
  }

  /** Units that a submit should hold now, at least 1. */
  get units(): number {
    return Math.max(1, Math.floor(this.#targetMs / this.#msPerUnit));
  }

  /** To be told when `units`, submitted at `began` (performance.now()), are done. */
  done(units: number, began: number): void {
    const now = performance.now();
    // Work queues behind work: what counts is the time since the last of it ended.
    const ms = (now - Math.max(began, this.#lastEnd)) / units;
    this.#lastEnd = now;
    // Slower at once, faster by half: a short measurement is easily too short.
    this.#msPerUnit = Math.max(ms, this.#msPerUnit / 2);
  }
}
