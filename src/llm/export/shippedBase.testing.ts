// Test code for Node: the policies that come with the page, from disk.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type LoadedCheckpoint, readCheckpoint } from '../../policy/checkpoint.ts';

const BASES = path.join(import.meta.dirname, '..', '..', '..', 'public', 'bases');

/** A base that comes with the page. */
export function shippedBase(task: string): LoadedCheckpoint {
  const folder = path.join(BASES, task);
  return readCheckpoint(new Map(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))])));
}
