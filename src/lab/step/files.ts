// Rollout records as files: rollouts.jsonl as the trainer writes it, one JSON object a line.

import { parseRolloutRecord, type RolloutRecord, rolloutRecordLine } from '../../grpo/rolloutRecord.ts';
import { MOST_ROLLOUTS } from './drawing.ts';

/** Larger files are a run's, and are read by the Train room. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Rollouts of one prompt, as a file has them. */
export interface RecordedGroup {
  readonly name: string;
  readonly step: number | null;
  readonly group: number;
  readonly rollouts: readonly RolloutRecord[];
}

/** Thrown for a file that holds no rollouts; the message is one sentence. */
export class RecordFileError extends Error {
  override readonly name = 'RecordFileError';
}

/** The group as the lines of a file. */
export function recordFile(rollouts: readonly RolloutRecord[]): string {
  return rollouts.map((record) => `${rolloutRecordLine(record)}\n`).join('');
}

/**
 * Every group of a file, in its order.
 * @throws RolloutRecordError naming the line and the field, RecordFileError for a file without rollouts
 */
export function readRecordFile(name: string, bytes: Uint8Array): RecordedGroup[] {
  if (bytes.length > MOST_BYTES)
    throw new RecordFileError(`${name} has ${Math.round(bytes.length / 2 ** 20)} MiB; at most 64 are read here.`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RecordFileError(`${name} is not text, but rollout records are lines of JSON.`);
  }
  const groups = new Map<string, RolloutRecord[]>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = parseRolloutRecord(line, `${name} line ${i + 1}`);
    const key = JSON.stringify([record.task, record.step, record.group, record.promptIds]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [record]);
    else known.push(record);
  }
  if (groups.size === 0) throw new RecordFileError(`${name} holds no rollout record.`);
  return [...groups.values()].map((rollouts) => ({
    name,
    step: rollouts[0]!.step,
    group: rollouts[0]!.group,
    rollouts: rollouts.slice(0, MOST_ROLLOUTS),
  }));
}
