// Test code: a tab that trains as fast as it can store, until it is killed. It says each step that it was told is saved.

import { commitOf, filesOf, newLibrary } from './storage.testing.ts';

export interface CrashOrder {
  readonly database: string;
  readonly run: string;
  readonly from: number;
}

/** Enough that a write takes a while. */
const SAVE_BYTES = 400_000;

self.onmessage = async ({ data: { database, run, from } }: MessageEvent<CrashOrder>) => {
  const { writer } = await newLibrary(database).own(run);
  await writer.setState('running');
  for (let step = from; ; step++) {
    const save = { step: step + 1, next: 'collect', files: filesOf(step + 1, SAVE_BYTES) } as const;
    const keep = step % 3 === 0 ? ({ kind: 'guard', label: null } as const) : null;
    await writer.commit(commitOf(step, { save, keep }));
    self.postMessage(step);
  }
};
