import { useState } from 'react';
import { useStore } from 'zustand';
import type { FileForReader } from '../../lab/policies/store.ts';
import type { ExperimentSize } from '../../lab/storage/calls.ts';
import { bytesText } from '../../lab/train/words.ts';
import { saveFile } from '../charts/save.ts';
import { Button } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { AskFirst } from './AskFirst.tsx';
import { dateText } from './words.ts';

interface ItemProps {
  readonly experiment: ExperimentSize;
}

/** An experiment with its results, and what can be done with it. */
export function ExperimentItem({ experiment }: ItemProps) {
  const { experiments, shelf } = useLaboratory();
  const isBusy = useStore(experiments, ({ busy }) => busy !== null);
  const { id, cells } = experiment;
  return (
    <Item
      experiment={experiment}
      done={`${cells.done} of ${cells.total} runs`}
      isBusy={isBusy}
      onSave={() => experiments.save(id, 'results')}
      onRemove={async () => {
        await experiments.remove(id);
        await shelf.refresh();
      }}
    />
  );
}

/** One on a language model, in the same way. */
export function ModelExperimentItem({ experiment }: ItemProps) {
  const { shelf } = useLaboratory();
  const isBusy = useStore(shelf, ({ busy }) => busy !== null);
  const { id, cells } = experiment;
  return (
    <Item
      experiment={experiment}
      done={`on a language model · ${cells.done} of ${cells.total} cells`}
      isBusy={isBusy}
      onSave={() => shelf.saveModelExperiment(id)}
      onRemove={() => shelf.removeModelExperiment(id)}
    />
  );
}

interface ActionProps extends ItemProps {
  /** How much of it is done. */
  readonly done: string;
  readonly isBusy: boolean;
  readonly onSave: () => Promise<FileForReader | null>;
  readonly onRemove: () => Promise<void>;
}

function Item({ experiment: { name, createdAt, cells, bytes }, done, isBusy, onSave, onRemove }: ActionProps) {
  const [isAsking, setIsAsking] = useState(false);
  const save = async () => {
    const saved = await onSave();
    if (saved !== null) saveFile(saved.name, saved.file);
  };
  const remove = async () => {
    setIsAsking(false);
    await onRemove();
  };
  return (
    <li className="stored-item">
      <div>
        <span className="stored-name">{name}</span>
        <p className="quiet figures">
          {done} · {dateText(createdAt)} · {bytesText(bytes)}
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
