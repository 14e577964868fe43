import { it } from 'vitest';
import { expectResumesExactly } from '../policy/resume.testing.ts';
import { createCpuEngine } from './engine.ts';

it('10 steps on the CPU are 5 steps, a checkpoint and 5 steps, bit for bit', async () => {
  await expectResumesExactly(createCpuEngine);
});
