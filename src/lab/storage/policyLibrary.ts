// Policies that were made or opened in this browser: bases for runs, beside those that come with the page.

import type { CheckpointFiles } from '../../policy/checkpoint.ts';
import { Database } from './database.ts';
import { readableStorageError, StorageError } from './errors.ts';
import { fileBytes, MODEL, ownBytes } from './files.ts';
import { cleanName } from './runLibrary.ts';
import { RUN_FORMAT, type StoredPolicy } from './stored.ts';
import { transact } from './transaction.ts';

export interface NewPolicy {
  readonly name: string;
  /** Task whose problems it answers. */
  readonly task: string;
  /** How it was made, in one sentence. */
  readonly origin: string;
  readonly files: CheckpointFiles;
}

export class PolicyLibrary {
  readonly #database: Database;

  constructor(database: Database = new Database()) {
    this.#database = database;
  }

  /** @throws StorageError when there is no room or no storage */
  async add({ name, task, origin, files }: NewPolicy): Promise<StoredPolicy> {
    const own = ownBytes(files);
    const policy: StoredPolicy = {
      format: RUN_FORMAT,
      id: crypto.randomUUID(),
      name: cleanName(name),
      task,
      origin,
      createdAt: Date.now(),
      bytes: fileBytes(own),
    };
    try {
      await transact(await this.#database.open(), ['policies', 'files'], 'readwrite', async (writing) => {
        await writing.objectStore('policies').add(policy, policy.id);
        await writing.objectStore('files').add(own, [policy.id, MODEL]);
      });
    } catch (cause) {
      throw readableStorageError('The policy could not be stored', cause);
    }
    return policy;
  }

  /** Newest first. */
  async list(): Promise<StoredPolicy[]> {
    const policies = await (await this.#database.open()).getAll('policies');
    return policies.sort((a, b) => b.createdAt - a.createdAt);
  }

  /** For readCheckpoint. @throws StorageError when it is not there */
  async files(id: string): Promise<CheckpointFiles> {
    const files = await (await this.#database.open()).get('files', [id, MODEL]);
    if (files === undefined) throw new StorageError('This policy was deleted.');
    return files;
  }

  async remove(id: string): Promise<void> {
    await transact(await this.#database.open(), ['policies', 'files'], 'readwrite', async (writing) => {
      await writing.objectStore('policies').delete(id);
      await writing.objectStore('files').delete([id, MODEL]);
    });
  }
}
