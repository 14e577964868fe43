/** Why there is no (longer a) usable GPU. */
export type GpuFailure =
  | 'no-webgpu'
  | 'no-adapter'
  | 'no-device'
  | 'lost'
  | 'out-of-memory'
  | 'limit'
  | 'invalid'
  | 'dropped';

/** Every way a GPU fails here, with one sentence that a person can act on; what the driver said is its `cause`. */
export class GpuError extends Error {
  override readonly name = 'GpuError';
  readonly failure: GpuFailure;

  constructor(failure: GpuFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Whether a driver speaks of a buffer that is larger than it has. */
export const isOfTooLargeBuffer = (message: string): boolean =>
  /buffer size.*(exceeds|greater than|larger than)|max_?buffer_?size/i.test(message);

/** The first line of what a driver said: the rest is where in its own code it noticed. */
export function firstLine(cause: unknown): string {
  return String(cause).split('\n', 1)[0]!.trim();
}
