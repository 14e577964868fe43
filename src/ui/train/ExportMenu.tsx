import { useState } from 'react';
import { metricsCsv, runJsonl } from '../../lab/charts/rowsFile.ts';
import { saveFile } from '../charts/save.ts';
import { Button } from '../kit/Button.tsx';
import { Menu } from '../kit/Menu.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { useTrain } from './trainContext.ts';

const fileNameOf = (name: string) => name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^-|-$/g, '') || 'run';

/** The run's numbers, rollouts and all as files. */
export function ExportMenu() {
  const laboratory = useLaboratory();
  const train = useTrain();
  const [packing, setPacking] = useState<{ readonly share: number; readonly abort: AbortController } | null>(null);

  const record = () => {
    const { run, rows } = train.getState();
    return { name: fileNameOf(run!.run.name), config: run!.run.identity.config, rows, annotations: run!.annotations };
  };
  const saveRollouts = async () => {
    const { run, looked } = train.getState();
    const step = looked?.step ?? run!.step - 1;
    if (looked === null) await train.look(step);
    const records = train.getState().looked?.records ?? null;
    if (records !== null)
      saveFile(
        `${record().name}-step-${step}-rollouts.jsonl`,
        records.map((rollout) => `${JSON.stringify(rollout)}\n`).join(''),
        'application/jsonl',
      );
  };
  const saveWhole = async () => {
    const abort = new AbortController();
    setPacking({ share: 0, abort });
    try {
      const { name, file } = await laboratory.client.call(
        'storage/export-run',
        { run: train.getState().run!.run.id },
        { signal: abort.signal, onProgress: (share) => setPacking({ share, abort }) },
      );
      saveFile(name, file);
    } catch (cause) {
      if (!abort.signal.aborted) train.setState({ failure: cause instanceof Error ? cause.message : String(cause) });
    } finally {
      setPacking(null);
    }
  };

  if (packing !== null)
    return <Progress label="Packing the run" share={packing.share} onCancel={() => packing.abort.abort()} />;
  return (
    <Menu
      groups={[
        [
          {
            id: 'csv',
            label: 'Metrics as CSV',
            run: () => saveFile(`${record().name}.csv`, metricsCsv(record()), 'text/csv'),
          },
          {
            id: 'jsonl',
            label: 'Config, changes and metrics as JSONL',
            run: () => saveFile(`${record().name}.jsonl`, runJsonl(record()), 'application/jsonl'),
          },
          { id: 'rollouts', label: 'Rollouts of the step as JSONL', run: () => void saveRollouts() },
        ],
        [{ id: 'whole', label: 'The whole run as one file', run: () => void saveWhole() }],
      ]}
    >
      <Button icon="download">Save</Button>
    </Menu>
  );
}
