// Which of the page's larger dialogs is open: any room may open one.

import { createStore } from 'zustand/vanilla';
import type { PolicyRef } from '../../lab/engine/policyRef.ts';

export type DialogName = 'storage' | 'pretrain' | 'export';

export interface DialogState {
  readonly open: DialogName | null;
  /** What the export dialog begins with; null: the start of a new run. */
  readonly exported: PolicyRef | null;
}

export const dialogs = createStore<DialogState>()(() => ({ open: null, exported: null }));

export const openDialog = (name: DialogName): void => dialogs.setState({ open: name, exported: null });
/** Opens the export dialog on a policy. */
export const openExport = (policy: PolicyRef): void => dialogs.setState({ open: 'export', exported: policy });
export const closeDialog = (): void => dialogs.setState({ open: null, exported: null });
