// Runs from files, and as files.

import { useStore } from 'zustand';
import { longCsv, longJsonl } from '../../../lab/compare/longFile.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { saveFile } from '../../charts/save.ts';
import { Button } from '../../kit/Button.tsx';
import { Menu } from '../../kit/Menu.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { pickFiles } from '../../policies/pick.ts';

export function ImportMenu() {
  const { shelf, compare, settings } = useLaboratory();
  const isBusy = useStore(shelf, ({ busy }) => busy !== null);
  const open = async (what: 'files' | 'folder') => {
    const files = await pickFiles(what);
    if (files.length === 0) return;
    await shelf.open(files, settings.getState().settings.config.task);
    await compare.refresh();
  };
  return (
    <Menu
      groups={[
        [
          { id: 'file', label: 'A run’s zip file …', run: () => void open('files') },
          { id: 'folder', label: 'A folder of headless train …', run: () => void open('folder') },
        ],
      ]}
    >
      <Button icon="upload" disabled={isBusy}>
        Open
      </Button>
    </Menu>
  );
}

export function SaveMenu({ shown }: { readonly shown: readonly ComparedRun[] }) {
  const { shelf, compare } = useLaboratory();
  const isBusy = useStore(shelf, ({ busy }) => busy !== null);
  const metrics = useStore(compare, (state) => state.charts);
  const save = (write: typeof longCsv, of: readonly string[] | null, ending: 'csv' | 'jsonl') =>
    saveFile(`runs.${ending}`, write(shown, of), ending === 'csv' ? 'text/csv' : 'application/jsonl');
  const saveWhole = async () => {
    for (const { run } of shown) {
      const packed = await shelf.exportRun(run.id);
      // It failed, or the reader gave it up.
      if (packed === null) return;
      saveFile(packed.name, packed.file);
    }
  };
  return (
    <Menu
      groups={[
        [
          { id: 'csv', label: 'Metrics of the charts as CSV', run: () => save(longCsv, metrics, 'csv') },
          { id: 'jsonl', label: 'The same as JSONL, with configs', run: () => save(longJsonl, metrics, 'jsonl') },
        ],
        [
          { id: 'all-csv', label: 'All metrics as CSV', run: () => save(longCsv, null, 'csv') },
          { id: 'all-jsonl', label: 'All metrics as JSONL, with configs', run: () => save(longJsonl, null, 'jsonl') },
        ],
        [{ id: 'whole', label: 'Each shown run as one file', run: () => void saveWhole() }],
      ]}
    >
      <Button icon="download" disabled={isBusy || shown.length === 0}>
        Save
      </Button>
    </Menu>
  );
}
