// Runs headless commands inside a test, in a folder of its own.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { Tensor } from '../policy/parameters.ts';
import { writeSafetensors } from '../policy/safetensors.ts';
import { runHeadless } from './run.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string[];
  readonly notes: string[];
}

/** Runs one command line and keeps what it says. */
export async function headless(...args: string[]): Promise<Outcome> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runHeadless(args, {
    result: async (line) => {
      out.push(line);
    },
    note: (line) => notes.push(line),
  });
  return { code, out, notes };
}

/** The JSON lines of a command that must succeed. */
export async function results<T>(...args: string[]): Promise<T[]> {
  const { code, out, notes } = await headless(...args);
  if (code !== 0) throw new Error(`exit code ${code}: ${notes.at(-1)}`);
  return out.map((line) => JSON.parse(line));
}

export interface Folder {
  /** Path of a name in the folder. */
  readonly at: (name: string) => string;
  /** Writes a text file and returns its path. */
  readonly text: (name: string, content: string) => Promise<string>;
  /** Writes one line of JSON for each value. */
  readonly lines: (name: string, ...values: unknown[]) => Promise<string>;
  readonly tensors: (name: string, tensors: Record<string, Tensor>) => Promise<string>;
}

/** A folder that is gone after the test file. */
export async function temporaryFolder(): Promise<Folder> {
  const root = await mkdtemp(path.join(tmpdir(), 'headless-'));
  afterAll(() => rm(root, { recursive: true, force: true }));
  const at = (name: string) => path.join(root, name);
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(at(name), content);
    return at(name);
  };
  return {
    at,
    text: write,
    lines: (name, ...values) => write(name, values.map((value) => `${JSON.stringify(value)}\n`).join('')),
    tensors: (name, tensors) => write(name, writeSafetensors(new Map(Object.entries(tensors)))),
  };
}

/** A tiny grouped-query policy over the digits (ids 2 to 11; 0 pad, 1 stop), 24 positions. */
export async function tinyModel(folder: Folder, name = 'model', ...more: string[]): Promise<string> {
  const sizes = [
    '--layers',
    '2',
    '--width',
    '16',
    '--heads',
    '4',
    '--kv-heads',
    '2',
    '--mlp',
    '24',
    '--positions',
    '24',
  ];
  await results('init', '--model', folder.at(name), ...sizes, '--alphabet', '0123456789', '--seed', '5', ...more);
  return folder.at(name);
}
