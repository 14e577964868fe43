import { useState } from 'react';
import { useStore } from 'zustand';
import type { ExperimentSize } from '../../lab/storage/calls.ts';
import { bytesText } from '../../lab/train/words.ts';
import { saveFile } from '../charts/save.ts';
import { Button } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { AskFirst } from './AskFirst.tsx';
import { dateText } from './words.ts';

/** An experiment with its results, and what can be done with it. */
export function ExperimentItem({ experiment }: { readonly experiment: ExperimentSize }) {
  const { experiments, shelf } = useLaboratory();
  const isBusy = useStore(experiments, ({ busy }) => busy !== null);
  const [isAsking, setIsAsking] = useState(false);
  const { id, name, createdAt, cells, bytes } = experiment;
  const save = async () => {
    const saved = await experiments.save(id, 'results');
    if (saved !== null) saveFile(saved.name, saved.file);
  };
  const remove = async () => {
    setIsAsking(false);
    await experiments.remove(id);
    await shelf.refresh();
  };
  return (
    <li className="stored-item">
      <div>
        <span className="stored-name">{name}</span>
        <p className="quiet figures">
          {cells.done} of {cells.total} runs · {dateText(createdAt)} · {bytesText(bytes)}
        </p>
      </div>
      <div className="stored-buttons">
        <Button
          look="quiet"
          aria-label={`Save the results of ${name}`}
          disabled={isBusy || cells.done === 0}
          onClick={() => void save()}
        >
          Save
        </Button>
        <Button
          look="quiet"
          aria-label={`Delete ${name} …`}
          disabled={isBusy || isAsking}
          onClick={() => setIsAsking(true)}
        >
          Delete …
        </Button>
      </div>
      {isAsking && (
        <AskFirst
          question={`Delete the experiment “${name}” with its results, for good?`}
          yes="Delete it"
          onYes={() => void remove()}
          onNo={() => setIsAsking(false)}
        />
      )}
    </li>
  );
}
