// Files from the reader's disk: picked in the browser's own dialog, or dropped.

import type { PickedFile } from '../../lab/policies/calls.ts';

/** Of a dropped or picked folder; more is somebody's whole disk. */
const MOST_FILES = 2000;

/**
 * Lets the reader pick files or a folder.
 * @returns none when nothing was picked
 */
export function pickFiles(what: 'files' | 'folder'): Promise<readonly PickedFile[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  if (what === 'folder') input.webkitdirectory = true;
  else input.accept = '.zip,.json,.safetensors,.md';
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])].slice(0, MOST_FILES).map(picked)));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

const picked = (file: File): PickedFile => ({ path: file.webkitRelativePath || file.name, file });

/** What was dropped, folders with all that is in them. To be called while the drop is handled. */
export async function droppedFiles(data: DataTransfer): Promise<readonly PickedFile[]> {
  // The list is emptied as soon as the event has been handled.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return [...data.files].map(picked);
  const found: PickedFile[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (found.length >= MOST_FILES) return;
    if (isFile(entry)) {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    } else if (isFolder(entry)) for (const inside of await entriesOf(entry)) await walk(inside);
  };
  for (const entry of entries) if (entry !== null) await walk(entry);
  return found;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A reader hands out a part at a time.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}
