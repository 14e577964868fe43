import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { LONGEST_NAME, type RunSummary } from '../../lab/storage/runLibrary.ts';
import type { RunBytes } from '../../lab/storage/stored.ts';
import { thinningSentence } from '../../lab/storage/thinning.ts';
import { bytesText } from '../../lab/train/words.ts';
import { saveFile } from '../charts/save.ts';
import { Button } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { AskFirst } from './AskFirst.tsx';
import { dateText, taskTitle } from './words.ts';

const total = ({ metrics, rollouts, checkpoints, save }: RunBytes) => metrics + rollouts + checkpoints + save;

const STATES = { running: 'running', interrupted: 'interrupted', paused: null } as const;

/** A stored run, and what can be done with it. */
export function RunItem({ summary, onOpened }: { readonly summary: RunSummary; readonly onOpened: () => void }) {
  const { shelf, train, settings } = useLaboratory();
  const openHere = useStore(train, ({ run }) => run?.run.id ?? null);
  const isBusy = useStore(shelf, ({ busy }) => busy !== null);
  const [mode, setMode] = useState<'plain' | 'renaming' | 'asking'>('plain');
  const [draft, setDraft] = useState('');
  const { run, activity, problem } = summary;
  const isOpenHere = openHere === run.id;
  const thinned = thinningSentence(run.thinnedSteps, run.rolloutBudgetBytes);
  const state = isOpenHere ? 'open here' : STATES[activity];

  const open = async () => {
    onOpened();
    settings.go('train');
    await train.open(run.id);
  };
  const save = async () => {
    const packed = await shelf.exportRun(run.id);
    if (packed !== null) saveFile(packed.name, packed.file);
  };
  const remove = async () => {
    setMode('plain');
    if (isOpenHere) await train.close();
    await shelf.removeRun(run.id);
  };
  const rename = (event: FormEvent) => {
    event.preventDefault();
    setMode('plain');
    void shelf.renameRun(run.id, draft);
  };

  return (
    <li className="stored-item">
      <div>
        {mode === 'renaming' ? (
          <form className="stored-rename" onSubmit={rename}>
            <input
              // The reader has just asked to type here.
              // biome-ignore lint/a11y/noAutofocus: see above
              autoFocus
              aria-label={`New name of ${run.name}`}
              maxLength={LONGEST_NAME}
              value={draft}
              onChange={({ target }) => setDraft(target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                event.preventDefault();
                setMode('plain');
              }}
            />
            <Button type="submit" look="primary">
              Rename
            </Button>
          </form>
        ) : (
          <span className="stored-name">{run.name}</span>
        )}
        <p className="quiet figures">
          {state !== null && <strong>{state} · </strong>}
          {taskTitle(run.identity.config.task)} · {run.step} step{run.step === 1 ? '' : 's'} · used{' '}
          {dateText(run.usedAt)} · {bytesText(total(run.bytes))}: checkpoints{' '}
          {bytesText(run.bytes.checkpoints + run.bytes.save)}, rollouts {bytesText(run.bytes.rollouts)}, metrics{' '}
          {bytesText(run.bytes.metrics)}
        </p>
        {thinned !== null && <p className="quiet">{thinned}</p>}
        {problem !== null && <p>{problem}</p>}
      </div>
      <div className="stored-buttons">
        <Button
          look="quiet"
          aria-label={`Open ${run.name}`}
          disabled={isBusy || problem !== null || isOpenHere || activity === 'running'}
          onClick={() => void open()}
        >
          Open
        </Button>
        <Button
          look="quiet"
          aria-label={`Save ${run.name} as one file`}
          disabled={isBusy || problem !== null}
          onClick={() => void save()}
        >
          Save
        </Button>
        <Button
          look="quiet"
          aria-label={`Rename ${run.name}`}
          disabled={isBusy || mode === 'renaming'}
          onClick={() => {
            setDraft(run.name);
            setMode('renaming');
          }}
        >
          Rename
        </Button>
        <Button
          look="quiet"
          aria-label={`Delete ${run.name} …`}
          disabled={isBusy || mode === 'asking'}
          onClick={() => setMode('asking')}
        >
          Delete …
        </Button>
      </div>
      {mode === 'asking' && (
        <AskFirst
          question={`Delete the run “${run.name}” with its ${run.step} step${run.step === 1 ? '' : 's'}, for good?`}
          yes="Delete it"
          onYes={() => void remove()}
          onNo={() => setMode('plain')}
        />
      )}
    </li>
  );
}
