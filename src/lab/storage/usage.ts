// How much the browser keeps for the page, and for how long.

import type { StorageUsage } from './calls.ts';

export async function storageUsage(): Promise<StorageUsage> {
  const { usage, quota } = await navigator.storage.estimate();
  return { usedBytes: usage ?? null, quotaBytes: quota ?? null, isPersistent: await navigator.storage.persisted() };
}

/**
 * Asks the browser not to delete what is stored when the disk fills up; some ask the person. On the page only: a worker
 * must not ask.
 * @returns whether it promised
 */
export async function keepForGood(): Promise<boolean> {
  return (await navigator.storage.persisted()) || (await navigator.storage.persist());
}
