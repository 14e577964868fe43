// A transaction that ends one way or the other: all of `work` is stored, or nothing of it and the reason is thrown.

import type { IDBPTransaction, StoreNames } from 'idb';
import type { LaboratoryDatabase, LaboratorySchema } from './database.ts';

type Store = StoreNames<LaboratorySchema>;
export type Transaction<S extends Store, M extends IDBTransactionMode> = IDBPTransaction<LaboratorySchema, S[], M>;

/** Runs `work`, which may await nothing but requests of the transaction itself. */
export async function transact<S extends Store, M extends 'readonly' | 'readwrite', T>(
  database: LaboratoryDatabase,
  stores: readonly S[],
  mode: M,
  work: (transaction: Transaction<S, M>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction([...stores], mode);
  // Awaited below; a failure before that must not count as unheard.
  transaction.done.catch(() => undefined);
  try {
    const result = await work(transaction);
    await transaction.done;
    return result;
  } catch (cause) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    // A full disk shows as an aborted request; the transaction knows why it was aborted.
    throw transaction.error ?? cause;
  }
}
