// The dialogs that belong to no room, and the actions that open them. Their code is fetched when they are first opened.

import { lazy, Suspense, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Action } from '../../lab/actions.ts';
import type { Laboratory } from '../../lab/laboratory.ts';
import { useActions, useLaboratory } from '../laboratoryContext.ts';
import { closeDialog, dialogs, openDialog } from './dialogs.ts';
import { pickFiles } from './pick.ts';

const StorageDialog = lazy(() => import('../storage/StorageDialog.tsx'));
const ExportDialog = lazy(() => import('./ExportDialog.tsx'));
const PretrainDialog = lazy(() => import('../train/PretrainDialog.tsx'));

function pageActions({ shelf, settings }: Laboratory): readonly Action[] {
  const open = async (what: 'files' | 'folder') => {
    const files = await pickFiles(what);
    if (files.length === 0) return;
    openDialog('storage');
    await shelf.open(files, settings.getState().settings.config.task);
  };
  return [
    { id: 'storage/open', label: 'What is stored in this browser', group: 'Storage', run: () => openDialog('storage') },
    {
      id: 'storage/open-files',
      label: 'Open a run or a policy from a file',
      group: 'Storage',
      run: () => void open('files'),
    },
    {
      id: 'storage/open-folder',
      label: 'Open a run or a policy from a folder',
      group: 'Storage',
      run: () => void open('folder'),
    },
    {
      id: 'policies/export',
      label: 'Export a policy for transformers.js (ONNX)',
      group: 'Storage',
      run: () => openDialog('export'),
    },
    { id: 'pretrain/open', label: 'Pretrain a base', group: 'Training', run: () => openDialog('pretrain') },
  ];
}

export function PageDialogs() {
  const laboratory = useLaboratory();
  const open = useStore(dialogs, (state) => state.open);
  useActions(useMemo(() => pageActions(laboratory), [laboratory]));
  return (
    <Suspense fallback={null}>
      {open === 'storage' && <StorageDialog onClose={closeDialog} />}
      {open === 'export' && <ExportDialog onClose={closeDialog} />}
      {open === 'pretrain' && <PretrainDialog onClose={closeDialog} />}
    </Suspense>
  );
}
