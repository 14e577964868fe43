/** Lets asynchronous calls run one after the other, in the order they came. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Runs `work` when every earlier call has left; it may `leave` before it is done to let the next one start. */
  async take<T>(work: (leave: () => void) => Promise<T>): Promise<T> {
    const before = this.#last;
    let leave!: () => void;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    try {
      return await work(leave);
    } finally {
      leave();
    }
  }
}
