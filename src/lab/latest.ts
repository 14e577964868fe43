// A dragged slider asks faster than an engine answers: only the newest wish is worth running next.

/** Runs one job at a time; of the jobs that come meanwhile only the newest is kept. Jobs handle their own errors. */
export class Latest {
  #isBusy = false;
  #next: (() => Promise<void>) | null = null;

  run(job: () => Promise<void>): void {
    this.#next = job;
    if (!this.#isBusy) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    while (this.#next !== null) {
      const job = this.#next;
      this.#next = null;
      await job();
    }
    this.#isBusy = false;
  }
}
