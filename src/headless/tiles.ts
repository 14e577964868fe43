// The tuner's choices, kept between runs in the user's cache folder: a machine measures once, and gives the same bits
// each time.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Gpu } from '../gpu/device.ts';
import { parseTileTable, type TileTable } from '../gpu/tileTable.ts';
import { enableTuning } from '../gpu/tuner.ts';

function fileOf(gpu: Gpu): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(cache, 'multi-temperature-lab', `tiles ${gpu.adapter.replace(/[^\w.-]+/g, ' ').trim()}.json`);
}

/** Products on this GPU take the tiles that are fastest here, measured now or in an earlier run. */
export function tuneWithFile(gpu: Gpu): void {
  const file = fileOf(gpu);
  enableTuning(gpu, { table: load(file), keep: (table) => save(file, table) });
}

function load(file: string): TileTable | null {
  try {
    return parseTileTable(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Not there yet, or damaged: it is measured anew.
    return null;
  }
}

function save(file: string, table: TileTable): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, JSON.stringify(table));
    renameSync(whole, file);
  } catch {
    // A home that cannot be written to only costs the measurement next time.
  }
}
