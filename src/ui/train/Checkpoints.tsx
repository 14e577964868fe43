import { useState } from 'react';
import { contestant } from '../../lab/evaluate/store.ts';
import type { StoredCheckpoint } from '../../lab/storage/stored.ts';
import { bytesText } from '../../lab/train/words.ts';
import { Button } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { GoBack } from './GoBack.tsx';
import { useRunData, useTrain, useTrainState } from './trainContext.ts';

const KINDS: Readonly<Record<StoredCheckpoint['kind'], string>> = {
  start: 'start',
  regular: 'regular',
  guard: 'guard, dropped later',
  pinned: 'kept',
};
const time = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** The checkpoints of the run, newest first, and what can be done with each. */
export function Checkpoints() {
  const train = useTrain();
  const { evaluate, settings } = useLaboratory();
  const checkpoints = useRunData((run) => run.checkpoints);
  const run = useRunData((state) => state.run);
  const isBusy = useTrainState(({ busy }) => busy !== null);
  const [backTo, setBackTo] = useState<number | null>(null);
  const [label, setLabel] = useState('');

  const compare = (step: number) => {
    const policy = { kind: 'checkpoint', run: run.id, step } as const;
    const { rows } = evaluate.getState().plan;
    const isThere = rows.some(
      (row) => row.policy.kind === 'checkpoint' && row.policy.run === run.id && row.policy.step === step,
    );
    if (!isThere)
      evaluate.change({ rows: [...rows, contestant(policy, run.identity.config.task, `${run.name}, step ${step}`)] });
    settings.go('evaluate');
  };
  const keep = () => {
    void train.keep(label.trim() === '' ? 'by hand' : label.trim());
    setLabel('');
  };
  return (
    <section aria-label="Checkpoints">
      <form
        className="keep"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <input
          type="text"
          aria-label="Why it is kept"
          placeholder="why it is kept"
          maxLength={80}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        <Button disabled={isBusy} onClick={keep}>
          Keep the last finished step
        </Button>
      </form>
      <div className="wide-table">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">steps done</th>
              <th scope="col">kind</th>
              <th scope="col">why</th>
              <th scope="col">made</th>
              <th scope="col">size</th>
              <th scope="col">
                <span className="unseen">what to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...checkpoints].reverse().map(({ step, kind, label: why, createdAt, bytes }) => (
              <tr key={step}>
                <th scope="row">{step}</th>
                <td>{KINDS[kind]}</td>
                <td>{why ?? ''}</td>
                <td>{time.format(createdAt)}</td>
                <td>{bytesText(bytes)}</td>
                <td className="row-actions">
                  <Button look="quiet" aria-label={`Evaluate step ${step}`} onClick={() => compare(step)}>
                    Evaluate
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={`Fork from step ${step}`}
                    disabled={isBusy}
                    onClick={() => void train.fork(step)}
                  >
                    Fork
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={`Rewind to step ${step}`}
                    disabled={isBusy}
                    onClick={() => setBackTo(step)}
                  >
                    Rewind …
                  </Button>
                  {kind !== 'start' && (
                    <Button
                      look="quiet"
                      aria-label={`Delete the checkpoint of step ${step}`}
                      disabled={isBusy}
                      onClick={() => void train.removeCheckpoint(step)}
                    >
                      Delete
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {backTo !== null && <GoBack step={backTo} isOpen onClose={() => setBackTo(null)} />}
    </section>
  );
}
