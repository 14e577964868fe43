import type { Results } from '../../../experiments/results.ts';
import { writeResults } from '../../../experiments/results.ts';
import { longCsv } from '../../../lab/results/longCsv.ts';
import { fileNameOf } from '../../../lab/results/words.ts';
import { saveFile } from '../../charts/save.ts';
import { Button } from '../../kit/Button.tsx';
import { Menu } from '../../kit/Menu.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';

/** Results as files. @param id of the stored experiment; null: they come with the page */
export function ResultMenu({ results, id }: { readonly results: Results; readonly id: string | null }) {
  const { experiments } = useLaboratory();
  const name = fileNameOf(results.experiment.name);
  const saveStored = async (what: 'results' | 'tables') => {
    const saved = await experiments.save(id!, what);
    if (saved !== null) saveFile(saved.name, saved.file);
  };
  return (
    <Menu
      groups={[
        [
          {
            id: 'results',
            label: 'Results as JSON',
            run: () =>
              id === null
                ? saveFile(`${name}.json`, writeResults(results), 'application/json')
                : void saveStored('results'),
          },
          {
            id: 'csv',
            label: 'All measures as CSV, a line a number',
            run: () => saveFile(`${name}.csv`, longCsv(results), 'text/csv'),
          },
          {
            id: 'definition',
            label: 'The definition alone as JSON',
            run: () =>
              saveFile(
                `${name}-definition.json`,
                `${JSON.stringify(results.experiment, null, 2)}\n`,
                'application/json',
              ),
          },
        ],
        ...(id === null
          ? []
          : [[{ id: 'tables', label: 'Everything as a zip file', run: () => void saveStored('tables') }]]),
      ]}
    >
      <Button icon="download">Save</Button>
    </Menu>
  );
}
