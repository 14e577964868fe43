// Ctrl-C in a long run: the first one asks the run to stop and to save what it has, the second one ends the process.

/** The user stopped a run, and what could be saved is saved; the message is one sentence. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The exit code of a program that SIGINT ended. */
export const INTERRUPTED_CODE = 130;

/** A terminal signals every process of a command, and npm and the launcher hand it on: this soon it is the same Ctrl-C. */
const SAME_KEYSTROKE_MS = 500;

/**
 * Runs something that stops early when its signal is aborted, which the first SIGINT does; a later one ends the process
 * at once, with exit code 130.
 * @throws Interrupted once `run` has ended, if it was asked to stop; else whatever `run` throws
 */
export async function withInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let stoppedAt = Number.POSITIVE_INFINITY;
  const stop = () => {
    if (performance.now() - stoppedAt > SAME_KEYSTROKE_MS) process.exit(INTERRUPTED_CODE);
    if (controller.signal.aborted) return;
    stoppedAt = performance.now();
    controller.abort(new Interrupted('Interrupted.'));
  };
  process.on('SIGINT', stop);
  try {
    const result = await run(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    // What the run was stopped in may have thrown for that.
    if (error instanceof DOMException && error.name === 'AbortError') controller.signal.throwIfAborted();
    throw error;
  } finally {
    process.off('SIGINT', stop);
  }
}
