// The worker's end of the conversation: runs each call of its services, and tells the page how it went.

import type { Service } from './call.ts';
import type { Calls, FromWorker, ToWorker } from './protocol.ts';

type AnyHandler = (
  input: unknown,
  context: { readonly signal: AbortSignal; readonly progress: (value: unknown) => void },
) => Promise<unknown>;

/** Returns what to do with a message of the page. Calls run side by side; services queue what must not. */
export function serve(
  services: Partial<Service<Calls>>,
  say: (message: FromWorker) => void,
): (message: ToWorker) => void {
  const running = new Map<number, AbortController>();
  return (message) => {
    if ('cancel' in message) {
      running.get(message.cancel)?.abort();
      return;
    }
    const { id, call, input } = message;
    const abort = new AbortController();
    running.set(id, abort);
    // The page's client gives each call its own input.
    const handler = services[call] as AnyHandler | undefined;
    const progress = (value: unknown) => say({ id, progress: value });
    Promise.resolve()
      .then(() => {
        abort.signal.throwIfAborted();
        if (handler === undefined) throw new Error(`The engine does not know the call ${call}.`);
        return handler(input, { signal: abort.signal, progress });
      })
      .then(
        (output) => say({ id, output }),
        (cause: unknown) => {
          const isAbort = abort.signal.aborted || (cause instanceof DOMException && cause.name === 'AbortError');
          say({ id, refusal: cause instanceof Error ? cause.message : String(cause), isAbort });
        },
      )
      .finally(() => running.delete(id));
  };
}
