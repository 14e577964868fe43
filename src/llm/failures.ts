// What a runtime, a driver or a browser throws, put into one sentence that a person can act on.

import { firstLine, GpuError, type GpuFailure, isOfTooLargeBuffer } from '../gpu/errors.ts';
import { SamplerConfigError } from '../temperature/config.ts';
import { LlmError, type LlmFailure } from './llmError.ts';

/** What an allocation that fails is called by WebAssembly, by JavaScript, by C++ and by the drivers. */
const OUT_OF_MEMORY =
  /out of memory|bad_alloc|allocation failed|out of bounds memory|memory access out of bounds|OOM|tensor shape is too large/i;

/** ONNX Runtime's own words behind its name for the error; before it stand files of the machine that it was built on. */
const RUNTIME_WORDS = /^.*(\[ONNXRuntimeError\] : \d+ : [A-Z_]+ :|ERROR_MESSAGE:) /;

const TOO_LARGE =
  'There is not enough memory for this model: choose a smaller dtype or model, fewer rollouts, or close other tabs.';

const GPU_FAILURES: Readonly<Record<GpuFailure, LlmFailure>> = {
  'no-webgpu': 'device',
  'no-adapter': 'device',
  'no-device': 'device',
  lost: 'device',
  'out-of-memory': 'memory',
  limit: 'memory',
  invalid: 'device',
  dropped: 'device',
};

/** An LlmError, or what was cancelled. `otherwise` speaks of what is known no better. */
export function inWords(cause: unknown, otherwise: (firstLineOfCause: string) => LlmError): unknown {
  if (cause instanceof LlmError) return cause;
  if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
  if (cause instanceof GpuError) {
    const failure = GPU_FAILURES[cause.failure];
    const message = failure === 'memory' ? TOO_LARGE : cause.message;
    return new LlmError(failure, message, { cause });
  }
  if (cause instanceof SamplerConfigError) return new LlmError('request', cause.message, { cause });
  // WebAssembly throws bare numbers for exceptions of C++.
  const line = firstLine(cause instanceof Error ? cause.message : cause).replace(RUNTIME_WORDS, '');
  if (OUT_OF_MEMORY.test(line) || isOfTooLargeBuffer(line)) return new LlmError('memory', TOO_LARGE, { cause });
  return otherwise(line);
}
