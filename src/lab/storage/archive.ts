// A zip file that somebody else may have made: nothing in it is believed, and nothing is unpacked beyond what it says.

import { BlobReader, configure, type Entry, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { StorageError } from './errors.ts';

configure({ useWebWorkers: false });

export interface ArchiveLimits {
  /** The file itself. */
  readonly fileBytes: number;
  readonly entries: number;
  /** All that it says it holds. */
  readonly unpackedBytes: number;
  /** One file that is held in memory. */
  readonly memberBytes: number;
  readonly lineBytes: number;
}

export const LIMITS: ArchiveLimits = {
  fileBytes: 2 * 2 ** 30,
  entries: 20_000,
  unpackedBytes: 6 * 2 ** 30,
  memberBytes: 512 * 2 ** 20,
  lineBytes: 64 * 2 ** 20,
};

const size = (bytes: number) =>
  bytes < 2 ** 20 ? `${bytes.toLocaleString('en')} bytes` : `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MiB`;

/** Files by their path; one folder around all of them is taken off. */
export class Archive {
  readonly #entries: ReadonlyMap<string, FileEntry>;
  readonly #limits: ArchiveLimits;
  readonly #signal: AbortSignal | undefined;

  private constructor(entries: ReadonlyMap<string, FileEntry>, limits: ArchiveLimits, signal: AbortSignal | undefined) {
    this.#entries = entries;
    this.#limits = limits;
    this.#signal = signal;
  }

  /**
   * @param marker a file that is in the outermost folder
   * @throws StorageError when it is no zip file, has no such file, or is larger than the limits
   */
  static async open(
    file: Blob,
    marker: string,
    signal?: AbortSignal,
    limits: ArchiveLimits = LIMITS,
  ): Promise<Archive> {
    if (file.size > limits.fileBytes)
      throw new StorageError(`The file has ${size(file.size)}, but at most ${size(limits.fileBytes)} are opened.`);
    const all: Entry[] = [];
    let unpacked = 0;
    try {
      for await (const entry of new ZipReader(new BlobReader(file)).getEntriesGenerator()) {
        signal?.throwIfAborted();
        unpacked += entry.uncompressedSize;
        all.push(entry);
        if (all.length > limits.entries) break;
      }
    } catch {
      signal?.throwIfAborted();
      throw new StorageError('The file is not a zip file, or is damaged.');
    }
    if (all.length > limits.entries)
      throw new StorageError(
        `The file holds more than ${limits.entries.toLocaleString('en')} files, and is not opened.`,
      );
    if (unpacked > limits.unpackedBytes)
      throw new StorageError(
        `The file would unpack to ${size(unpacked)}, but at most ${size(limits.unpackedBytes)} are unpacked.`,
      );
    const root = all.map(({ filename }) => filename).find((name) => name === marker || name.endsWith(`/${marker}`));
    if (root === undefined) throw new StorageError(`The file holds no run: it has no ${marker}.`);
    const folder = root.slice(0, -marker.length);
    const entries = new Map<string, FileEntry>();
    for (const entry of all) {
      const { filename } = entry;
      if (entry.directory || !filename.startsWith(folder)) continue;
      const name = filename.slice(folder.length);
      if (entries.has(name)) throw new StorageError(`The file holds ${name} twice.`);
      if (entry.encrypted) throw new StorageError(`${name} is encrypted, and cannot be read.`);
      entries.set(name, entry);
    }
    return new Archive(entries, limits, signal);
  }

  /** Bytes that it says it unpacks to; null when there is no such file. */
  length(name: string): number | null {
    return this.#entries.get(name)?.uncompressedSize ?? null;
  }

  /** Names directly in a folder. */
  list(folder: string): string[] {
    const inside = [...this.#entries.keys()].filter((name) => name.startsWith(`${folder}/`));
    return [...new Set(inside.map((name) => name.slice(folder.length + 1).split('/')[0]!))];
  }

  /** The bytes of a file; null when there is none. @throws StorageError */
  async read(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    if (entry.uncompressedSize > this.#limits.memberBytes)
      throw new StorageError(
        `${name} has ${size(entry.uncompressedSize)}, but at most ${size(this.#limits.memberBytes)} are read.`,
      );
    const parts: Uint8Array[] = [];
    for await (const chunk of this.#chunks(name, entry)) parts.push(chunk);
    return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  }

  /** The lines of a file, without their newlines, and the bytes up to the end of each. @throws StorageError */
  async *lines(name: string): AsyncGenerator<{ readonly text: string; readonly end: number }> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let parts: Uint8Array[] = [];
    let length = 0;
    let end = 0;
    const take = (part: Uint8Array) => {
      parts.push(part);
      length += part.length;
      if (length > this.#limits.lineBytes)
        throw new StorageError(`${name} has a line of more than ${size(this.#limits.lineBytes)}.`);
    };
    const text = () => {
      const bytes = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      parts = [];
      length = 0;
      try {
        return decoder.decode(bytes);
      } catch {
        throw new StorageError(`${name} is not valid UTF-8 text.`);
      }
    };
    for await (const chunk of this.#chunks(name, entry)) {
      let from = 0;
      for (let to = chunk.indexOf(10); to !== -1; to = chunk.indexOf(10, from)) {
        take(chunk.subarray(from, to));
        end += length + 1;
        yield { text: text(), end };
        from = to + 1;
      }
      take(chunk.subarray(from));
    }
    if (length > 0) {
      end += length;
      yield { text: text(), end };
    }
  }

  /** Unpacks as it is read. Stops at once where more comes than the file said. */
  async *#chunks(name: string, entry: FileEntry): AsyncGenerator<Uint8Array> {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const unpacking = entry.getData(writable, {
      checkSignature: true,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    });
    // Awaited below; a failure shows on the stream first.
    unpacking.catch(() => undefined);
    const reader = readable.getReader();
    let bytes = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        bytes += value.length;
        if (bytes > entry.uncompressedSize)
          throw new StorageError(
            `${name} unpacks to more than the ${entry.uncompressedSize} bytes that the file says.`,
          );
        yield value;
      }
      await unpacking;
    } catch (cause) {
      this.#signal?.throwIfAborted();
      throw cause instanceof StorageError ? cause : new StorageError(`${name} is damaged in the file.`);
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}
