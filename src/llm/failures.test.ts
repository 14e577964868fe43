import { expect, it } from 'vitest';
import { GpuError } from '../gpu/errors.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { inWords } from './failures.ts';
import { LlmError } from './llmError.ts';

const otherwise = (line: string) => new LlmError('files', `It broke (${line}).`);

it.each([
  ["Can't create a session. ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc"],
  ['Array buffer allocation failed'],
  ['memory access out of bounds'],
  ['Aborted(OOM). Build with -sASSERTIONS for more info.'],
  ['Out of memory'],
  [
    'ERROR_MESSAGE: WebGPU validation failed. Buffer size (38) exceeds the max buffer size limit (10).\n - While calling',
  ],
  ['ERROR_MESSAGE: /x/op_kernel.cc:83 f() [ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Tensor shape is too large'],
])('knows that "%s" is a lack of memory', (message) => {
  const error = inWords(new RangeError(message), otherwise);
  expect(error).toMatchObject({ failure: 'memory', message: expect.stringMatching(/^There is not enough memory/) });
});

it('knows failures of the GPU, of settings, and what was cancelled', () => {
  expect(inWords(new GpuError('lost', 'The GPU device was lost.'), otherwise)).toMatchObject({
    failure: 'device',
    message: 'The GPU device was lost.',
  });
  expect(inWords(new GpuError('limit', 'The buffer "x" needs 9 bytes.'), otherwise)).toMatchObject({
    failure: 'memory',
  });
  let settings: unknown;
  try {
    parseSamplerConfig({ tie: 'never' });
  } catch (cause) {
    settings = cause;
  }
  expect(inWords(settings, otherwise)).toMatchObject({ failure: 'request', message: (settings as Error).message });
  const cancelled = new DOMException('Enough', 'AbortError');
  expect(inWords(cancelled, otherwise)).toBe(cancelled);
  const known = new LlmError('hub', 'The hub sleeps.');
  expect(inWords(known, otherwise)).toBe(known);
});

it('puts the first line of anything else into the sentence it is given', () => {
  expect(inWords(new Error('bad node\n  at f'), otherwise)).toEqual(new LlmError('files', 'It broke (bad node).'));
  const verbose =
    'failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: /build/a.cc:83 void f(int) [ONNXRuntimeError] : 1 : FAIL : No kernel (x)';
  expect(inWords(new Error(verbose), otherwise)).toEqual(new LlmError('files', 'It broke (No kernel (x)).'));
  // WebAssembly throws numbers.
  expect(inWords(7_340_032, otherwise)).toEqual(new LlmError('files', 'It broke (7340032).'));
});
