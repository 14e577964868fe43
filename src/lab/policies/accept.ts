// Whether a checkpoint from somewhere else can be a base here, and what it is called.

import { BASE_FILE, CARD_FILE, readBaseRecord } from '../../grpo/baseRecord.ts';
import {
  CheckpointError,
  type CheckpointFiles,
  CONFIG_FILE,
  type LoadedCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from '../../policy/checkpoint.ts';
import { JsonError } from '../../policy/strictJson.ts';
import { TokenizerError } from '../../policy/tokenizer.ts';
import { taskByName, tasks } from '../../tasks/index.ts';
import type { Task } from '../../tasks/task.ts';
import { StorageError } from '../storage/errors.ts';
import type { NewPolicy } from '../storage/policyLibrary.ts';

/**
 * The policy of a checkpoint's files. Its task is the one that its base.json names, else the one that is asked for.
 * @param source name of the folder or file; ''  where it has none
 * @throws StorageError, one sentence, when it is no checkpoint or cannot read and write the task
 */
export function acceptPolicy(files: CheckpointFiles, askedFor: string, source: string): NewPolicy {
  if (!files.has(CONFIG_FILE))
    throw new StorageError(`There is no policy in it: a checkpoint has a ${CONFIG_FILE} and a model.safetensors.`);
  const named = taskNamed(files);
  const task = taskByName(named ?? askedFor);
  try {
    const checkpoint = readCheckpoint(files, 'ignore');
    checkFits(checkpoint, task);
    // Written anew, so that what is stored is whole in one known form; notes of ours stay beside it.
    const kept = writeCheckpoint({ ...checkpoint, trainer: null });
    for (const name of named === null ? [] : [BASE_FILE, CARD_FILE]) {
      const bytes = files.get(name);
      if (bytes !== undefined) kept.set(name, bytes);
    }
    const name = source === '' ? `${task.title}, opened` : source;
    return { name, task: task.name, origin: `Opened from ${source === '' ? 'files' : source}.`, files: kept };
  } catch (cause) {
    if (cause instanceof CheckpointError) throw new StorageError(cause.message);
    throw cause;
  }
}

/** The task that a base.json names; null when there is none, or it is of another program. */
function taskNamed(files: CheckpointFiles): string | null {
  const bytes = files.get(BASE_FILE);
  if (bytes === undefined) return null;
  try {
    const { task } = readBaseRecord(bytes).config;
    return tasks.some(({ name }) => name === task) ? task : null;
  } catch (cause) {
    if (cause instanceof JsonError) return null;
    throw cause;
  }
}

/** @throws StorageError */
function checkFits({ config, tokenizer, tokenizerNote }: LoadedCheckpoint, task: Task): void {
  if (tokenizer === null)
    throw new StorageError(
      `This policy cannot do ${task.title}: ${tokenizerNote ?? 'it has no tokenizer that runs here.'}`,
    );
  try {
    tokenizer.encode(task.alphabet);
  } catch (cause) {
    if (cause instanceof TokenizerError)
      throw new StorageError(`This policy cannot do ${task.title}: ${cause.message}`);
    throw cause;
  }
  const longest = [...task.worked.prompt].length + task.maxCompletion;
  if (config.maxPositions < longest)
    throw new StorageError(
      `This policy cannot do ${task.title}: it reads ${config.maxPositions} tokens, and ${longest} are needed.`,
    );
}
