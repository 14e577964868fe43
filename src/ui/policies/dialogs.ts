// Which of the page's larger dialogs is open: any room may open one.

import { createStore } from 'zustand/vanilla';

export type DialogName = 'storage' | 'pretrain';

export const dialogs = createStore<{ readonly open: DialogName | null }>()(() => ({ open: null }));

export const openDialog = (name: DialogName): void => dialogs.setState({ open: name });
export const closeDialog = (): void => dialogs.setState({ open: null });
