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

/** Every way a GPU fails here, with one sentence that a person can act on. */
export class GpuError extends Error {
  override readonly name = 'GpuError';
  readonly failure: GpuFailure;

  constructor(failure: GpuFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
