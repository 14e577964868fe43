import type { Backend } from '../../policy/engine.ts';
import type { Call } from '../call.ts';

export interface EngineDescription {
  readonly backend: Backend;
  /** What runs it, in words. */
  readonly adapter: string;
  /** Why it is not the GPU, in one sentence; null when it is. */
  readonly notice: string | null;
}

export interface EngineCalls {
  /** Opens the best machine there is. Asked first; asked again after a loss it opens a new one. */
  'engine/open': Call<
    {
      /** The address that bases/TASK/ is found under. */
      readonly baseUrl: string;
    },
    EngineDescription
  >;
}

export interface EngineNews {
  /** The GPU is gone, and why, in one sentence. Engines made before are of no use any more. */
  'engine/lost': string;
}
