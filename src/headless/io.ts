// All that a command touches outside itself: files, its results on stdout, its remarks on stderr.

import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Something the user gave is not acceptable; the message is one sentence, the exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

export interface Io {
  /** Writes one line to stdout; resolves when the stream can take more. */
  readonly result: (line: string) => Promise<void>;
  /** Writes one line to stderr. */
  readonly note: (line: string) => void;
}

export interface Line {
  readonly text: string;
  /** From 1, as editors count. */
  readonly number: number;
  /** Opens messages about it, e.g. 'in.jsonl line 3'. */
  readonly where: string;
}

const LONGEST_LINE_BYTES = 256 * 2 ** 20;
const NEWLINE = 10;
/** Node reads at most this much at once. */
const READ_BYTES = 2 ** 30;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EACCES: 'the permission is missing',
  EPERM: 'the permission is missing',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** What to say of a failed file operation, e.g. `out/run.json cannot be written: the disk is full.` */
export function fileError(verb: string, file: string, cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  return new InputError(`${file} cannot be ${verb}: ${REASONS[code] ?? code}.`);
}

/** The bytes of a file of any size. @throws InputError */
export async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, 'r');
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(READ_BYTES, size - at), at);
      if (bytesRead === 0) return bytes.slice(0, at);
      at += bytesRead;
    }
    return bytes;
  } catch (cause) {
    throw fileError('read', file, cause);
  } finally {
    await handle?.close();
  }
}

/** Names of the files in a folder. @throws InputError */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw fileError('read', folder, cause);
  }
}

/** Writes a file whole or not at all: an interrupted run leaves the old one. Makes its folder. @throws InputError */
export async function writeBytes(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    await writeFile(draft, bytes);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw fileError('written', file, cause);
  }
}

/** The lines of a UTF-8 file, or of stdin for '-', a chunk of it in memory at a time. @throws InputError */
export async function* readLines(file: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  const place = () => `${file === '-' ? 'stdin' : file} line ${number}`;
  const decode = (parts: readonly Uint8Array[]): Line => {
    number++;
    try {
      return { text: decoder.decode(Buffer.concat(parts)).replace(/\r$/, ''), number, where: place() };
    } catch {
      throw new InputError(`${place()}: it is not valid UTF-8 text.`);
    }
  };
  let parts: Uint8Array[] = [];
  let length = 0;
  const stream: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of stream) {
      let from = 0;
      for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
        parts.push(chunk.subarray(from, to));
        yield decode(parts);
        parts = [];
        length = 0;
        from = to + 1;
      }
      parts.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > LONGEST_LINE_BYTES)
        throw new InputError(`${place()}: the next line is longer than ${LONGEST_LINE_BYTES} bytes.`);
    }
  } catch (cause) {
    throw cause instanceof InputError ? cause : fileError('read', file, cause);
  }
  if (length > 0) yield decode(parts);
}
