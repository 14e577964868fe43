// The files of a checkpoint as they are stored: a set of names and bytes, under the name of its owner.

import type { CheckpointFiles } from '../../policy/checkpoint.ts';

/** What a run resumes from. */
export const SAVE = 'save';
/** The one set of files of a policy. */
export const MODEL = 'model';
/** The checkpoint after `step` finished steps; its folder in an exported run too. */
export const stepFolder = (step: number): string => `step-${step}`;

export const fileBytes = (files: CheckpointFiles): number =>
  [...files.values()].reduce((sum, { length }) => sum + length, 0);

/** Files whose bytes own their memory: a browser clones the whole buffer behind a view. */
export const ownBytes = (files: CheckpointFiles): Map<string, Uint8Array> =>
  new Map(
    [...files].map(([name, bytes]) => [name, bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()]),
  );
