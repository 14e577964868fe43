import { expect, it } from 'vitest';
import { CODE_VERSION } from './codeVersion.ts';

it('is the version of the package and the hash that the build put in', () => {
  expect(CODE_VERSION).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/);
});
