// What can go wrong with a browser's storage, in one sentence each.

/** Thrown for storage that cannot be used or was asked for what it does not hold; the message is one sentence. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

const isNamed = (cause: unknown, name: string): boolean =>
  typeof cause === 'object' && cause !== null && (cause as { name?: unknown }).name === name;

/** Names of the DOMExceptions that the machine causes and not the program. */
const REASONS: Readonly<Record<string, string>> = {
  QuotaExceededError: 'the storage that this browser gives to this page is full',
  InvalidStateError: 'the connection to the storage was closed',
  AbortError: 'the browser aborted the write',
  UnknownError: 'the browser could not write to its disk',
  NotFoundError: 'the storage was emptied by the browser',
  TimeoutError: 'the disk did not answer',
};

/** Why a write did not happen, to complete a sentence; null when `cause` is a mistake of the program. */
function failedWrite(cause: unknown): string | null {
  const name = Object.keys(REASONS).find((known) => isNamed(cause, known));
  return name === undefined ? null : REASONS[name]!;
}

/** Thrown for a write that the machine refused; nothing that was stored before has changed. */
export class NotWrittenError extends StorageError {
  /** Completes a sentence. */
  readonly why: string;

  constructor(what: string, why: string) {
    super(`${what}: ${why}.`);
    this.why = why;
  }
}

/** `cause` as something to show: a NotWrittenError where the machine is to blame, else itself. */
export function readableStorageError(what: string, cause: unknown): unknown {
  const why = failedWrite(cause);
  return why === null ? cause : new NotWrittenError(what, why);
}
