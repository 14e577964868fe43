// Everything that this browser keeps for the page: with its size, to open, save, rename and delete.

import { type DragEvent, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { keepForGood } from '../../lab/storage/usage.ts';
import { bytesText } from '../../lab/train/words.ts';
import { Button } from '../kit/Button.tsx';
import { Dialog } from '../kit/Dialog.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { droppedFiles, pickFiles } from '../policies/pick.ts';
import { AskFirst } from './AskFirst.tsx';
import { ExperimentItem, ModelExperimentItem } from './ExperimentItem.tsx';
import { PolicyItem } from './PolicyItem.tsx';
import { RunItem } from './RunItem.tsx';
import './storage.css';

const count = (number: number, noun: string, plural: string) => `${number} ${number === 1 ? noun : plural}`;

export default function StorageDialog({ onClose }: { readonly onClose: () => void }) {
  const { shelf, settings, train, experiments: tried } = useLaboratory();
  const { list, busy, said, failure } = useStore(shelf);
  const refusal = useStore(tried, (state) => state.failure);
  const [isOver, setIsOver] = useState(false);
  const [asksForAll, setAsksForAll] = useState(false);
  useEffect(() => {
    shelf.dismiss();
    tried.dismiss();
    void shelf.refresh();
  }, [shelf, tried]);
  const task = () => settings.getState().settings.config.task;
  const pick = async (what: 'files' | 'folder') => {
    const files = await pickFiles(what);
    if (files.length > 0) await shelf.open(files, task());
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const files = await droppedFiles(event.dataTransfer);
    await shelf.open(files, task());
  };
  const removeAll = async () => {
    setAsksForAll(false);
    // Also the run that is open here goes: the reader was asked about everything.
    await train.close();
    await shelf.removeAll();
    await tried.refresh();
  };
  const { runs = [], policies = [], experiments = [], modelExperiments = [] } = list ?? {};
  const allTried = experiments.length + modelExperiments.length;
  const isEmpty = runs.length + policies.length + allTried === 0;

  return (
    <Dialog
      title="What is stored in this browser"
      isOpen
      onClose={onClose}
      size="large"
      footer={
        <Button icon="trash" disabled={isEmpty || busy !== null || asksForAll} onClick={() => setAsksForAll(true)}>
          Delete everything …
        </Button>
      }
    >
      {/* The buttons below do the same; dropping is only a shorter way. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div
        className="stored"
        data-over={isOver ? '' : undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => void drop(event)}
      >
        <div className="stored-use">
          <Use />
          {busy !== null && <Progress label={busy.what} share={busy.share} onCancel={shelf.cancel} />}
          {said !== null && <Notice onDismiss={shelf.dismiss}>{said}</Notice>}
          {failure !== null && (
            <Notice tone="problem" onDismiss={shelf.dismiss}>
              {failure}
            </Notice>
          )}
          {refusal !== null && (
            <Notice tone="problem" onDismiss={tried.dismiss}>
              {refusal}
            </Notice>
          )}
          {asksForAll && (
            <AskFirst
              question={`Delete ${count(runs.length, 'run', 'runs')}, ${count(policies.length, 'policy', 'policies')} and ${count(allTried, 'experiment', 'experiments')}, for good?`}
              yes="Delete everything"
              onYes={() => void removeAll()}
              onNo={() => setAsksForAll(false)}
            />
          )}
        </div>
        <h3>
          Runs <span className="quiet">{runs.length === 0 ? 'none yet' : runs.length}</span>
        </h3>
        <ul className="stored-list">
          {runs.map((summary) => (
            <RunItem key={summary.run.id} summary={summary} onOpened={onClose} />
          ))}
        </ul>
        <h3>
          Policies{' '}
          <span className="quiet">{policies.length === 0 ? 'none beside those of the page' : policies.length}</span>
        </h3>
        <ul className="stored-list">
          {policies.map((policy) => (
            <PolicyItem key={policy.id} policy={policy} />
          ))}
        </ul>
        <h3>
          Experiments <span className="quiet">{allTried === 0 ? 'none yet' : allTried}</span>
        </h3>
        <ul className="stored-list">
          {experiments.map((experiment) => (
            <ExperimentItem key={experiment.id} experiment={experiment} />
          ))}
          {modelExperiments.map((experiment) => (
            <ModelExperimentItem key={experiment.id} experiment={experiment} />
          ))}
        </ul>
        <div className="stored-drop">
          <p>
            Drop a run here, its zip file or its folder, or a checkpoint: its folder, its files, or a zip file of them.
            What is opened stays in this browser.
          </p>
          <div className="transport">
            <Button icon="upload" disabled={busy !== null} onClick={() => void pick('files')}>
              Open files …
            </Button>
            <Button icon="upload" disabled={busy !== null} onClick={() => void pick('folder')}>
              Open a folder …
            </Button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}

/** How much there is, and whether it may go. */
function Use() {
  const { shelf } = useLaboratory();
  const usage = useStore(shelf, ({ list }) => list?.usage ?? null);
  const [isRefused, setIsRefused] = useState(false);
  if (usage === null) return <p className="quiet">Looking …</p>;
  const { usedBytes, quotaBytes, isPersistent } = usage;
  const keep = async () => {
    setIsRefused(!(await keepForGood()));
    await shelf.refresh();
  };
  return (
    <>
      <p>
        {usedBytes === null
          ? 'This browser does not say how much it stores.'
          : `${bytesText(usedBytes)} in all${quotaBytes === null ? '' : ` of at most ${bytesText(quotaBytes)}`}, as the browser counts it.`}{' '}
        Nothing of it leaves this computer.
      </p>
      <div className="transport">
        <p className="quiet">
          {isPersistent
            ? 'The browser keeps it until you delete it.'
            : 'The browser may delete it when the disk fills up.'}
          {isRefused && ' It did not promise to keep it: save what matters as files.'}
        </p>
        {!isPersistent && <Button onClick={() => void keep()}>Ask it to keep it</Button>}
      </div>
    </>
  );
}
