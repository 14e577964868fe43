// The engine worker's side of the Real model room: a policy that was trained here, as a model that others load.

import type { ModelFile } from '../../llm/session.ts';
import { crc32, crc32Hex } from '../../policy/crc32.ts';
import type { Service } from '../call.ts';
import type { PolicyResolver } from '../step/policy.ts';
import type { PolicyFilesCalls } from './calls.ts';

export function policyFilesService(resolve: PolicyResolver): Service<PolicyFilesCalls> {
  return {
    'real/policy-files': async ({ policy }) => {
      const { checkpoint } = await resolve(policy, true);
      // Loaded only when it is asked for.
      const { exportForTransformers } = await import('../../llm/export/exportPolicy.ts');
      const exported = [...exportForTransformers({ ...checkpoint, trainer: null })];
      const files = exported.map(([path, bytes]): ModelFile => ({ path, content: bytes as Uint8Array<ArrayBuffer> }));
      const sums = Uint32Array.from(exported, ([, bytes]) => crc32(bytes));
      return { files, fingerprint: crc32Hex(new Uint8Array(sums.buffer)) };
    },
  };
}
