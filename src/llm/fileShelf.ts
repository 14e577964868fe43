// Where the files of a model come from: a folder that a person picked, or bytes in memory (hubShelf.ts is the hub).

import { LlmError } from './llmError.ts';
import type { ModelFile } from './session.ts';

export interface ShelfFile {
  readonly path: string;
  readonly bytes: number;
}

/** A model's folder, wherever it is. */
export interface FileShelf {
  /** For people. */
  readonly name: string;
  /** All files. @throws LlmError */
  list(signal?: AbortSignal): Promise<readonly ShelfFile[]>;
  /** One file; null when there is none of that path. @throws LlmError */
  open(path: string, signal?: AbortSignal): Promise<Response | null>;
}

/** The text of a file; null when there is none. @throws LlmError */
export async function readText(shelf: FileShelf, path: string, signal?: AbortSignal): Promise<string | null> {
  const file = await shelf.open(path, signal);
  return file === null ? null : file.text();
}

/**
 * Files in memory or on disk. A picked folder's own name stands before its paths; the model's folder is the one that
 * holds the topmost config.json.
 * @throws LlmError 'files' when there is no config.json
 */
export function localShelf(name: string, files: readonly ModelFile[]): FileShelf {
  const depth = (path: string) => path.split('/').length;
  const [config] = files
    .map(({ path }) => path)
    .filter((path) => path === 'config.json' || path.endsWith('/config.json'))
    .sort((a, b) => depth(a) - depth(b));
  if (config === undefined)
    throw new LlmError(
      'files',
      `"${name}" holds no config.json: choose the folder of a model that holds config.json, tokenizer.json and ONNX files.`,
    );
  const root = config.slice(0, -'config.json'.length);
  const inside = new Map(
    files.filter(({ path }) => path.startsWith(root)).map(({ path, content }) => [path.slice(root.length), content]),
  );
  return {
    name,
    list: async () =>
      [...inside].map(([path, content]) => ({
        path,
        bytes: content instanceof Blob ? content.size : content.byteLength,
      })),
    open: async (path) => {
      const content = inside.get(path);
      if (content === undefined) return null;
      try {
        // Read whole: a file that changed or vanished since it was picked must fail here, by name.
        const bytes = content instanceof Blob ? await content.arrayBuffer() : content;
        return new Response(bytes, { headers: { 'content-length': String(bytes.byteLength) } });
      } catch (cause) {
        throw new LlmError(
          'files',
          `The file "${path}" of "${name}" cannot be read any more: choose the folder anew.`,
          {
            cause,
          },
        );
      }
    },
  };
}
