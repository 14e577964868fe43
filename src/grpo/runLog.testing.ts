// A run's files in memory, and what a crash at any moment would have left of them.

import { crc32Hex } from '../policy/crc32.ts';
import { TIMING_METRICS } from './metrics.ts';
import { ANNOTATIONS_FILE, LATEST_FILE, METRICS_FILE, type RunStore } from './runLog.ts';

export type Files = Map<string, Uint8Array<ArrayBuffer>>;

/**
 * Keeps files in a map.
 * @param onCrashPoint called with what would be left if the process died there: after every operation, and in the
 * middle of every append and removal
 */
export function memoryStore(files: Files, onCrashPoint: (left: Files) => void = () => {}): RunStore {
  const point = () => onCrashPoint(new Map(files));
  const set = (file: string, bytes: Uint8Array) => {
    files.set(file, bytes.slice());
    point();
  };
  return {
    read: async (file) => files.get(file)?.slice() ?? null,
    length: async (file) => files.get(file)?.length ?? null,
    append: async (file, bytes) => {
      const before = files.get(file) ?? new Uint8Array();
      const joined = new Uint8Array([...before, ...bytes]);
      set(file, joined.subarray(0, before.length + Math.floor(bytes.length / 2)));
      set(file, joined);
    },
    truncate: async (file, length) => set(file, files.get(file)!.subarray(0, length)),
    put: async (file, bytes) => set(file, bytes),
    list: async (folder) => {
      const inside = [...files.keys()].filter((file) => file.startsWith(`${folder}/`));
      return [...new Set(inside.map((file) => file.slice(folder.length + 1).split('/')[0]!))];
    },
    removeFolder: async (folder) => {
      for (const file of [...files.keys()].filter((name) => name.startsWith(`${folder}/`))) {
        files.delete(file);
        point();
      }
    },
  };
}

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** The lines of a JSONL file, each of which must be whole. */
export function linesOf(bytes: Uint8Array | undefined): unknown[] {
  const lines = textOf(bytes).split('\n');
  if (lines.pop() !== '') throw new Error('The last line is torn.');
  return lines.map((line) => JSON.parse(line));
}

/** Everything in a run's files but how long things took. */
export function timeless(files: Files): Record<string, unknown> {
  return Object.fromEntries(
    [...files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([file, bytes]): [string, unknown][] => {
        if (file === METRICS_FILE)
          return [
            [
              file,
              linesOf(bytes).map((row) =>
                Object.fromEntries(Object.entries(row as object).filter(([name]) => !TIMING_METRICS.includes(name))),
              ),
            ],
          ];
        if (file === LATEST_FILE) {
          const { bytes: lengths, ...rest } = JSON.parse(textOf(bytes));
          return [[file, { ...rest, bytes: { ...lengths, [METRICS_FILE]: 'of metrics that tell time' } }]];
        }
        // No file and an empty one say the same.
        return file === ANNOTATIONS_FILE && bytes.length === 0
          ? []
          : [[file, `${bytes.length} bytes, CRC ${crc32Hex(bytes)}`]];
      }),
  );
}
