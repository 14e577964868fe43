import { useState } from 'react';
import { useStore } from 'zustand';
import type { StoredPolicy } from '../../lab/storage/stored.ts';
import { bytesText } from '../../lab/train/words.ts';
import { saveFile } from '../charts/save.ts';
import { Button } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { openExport } from '../policies/dialogs.ts';
import { AskFirst } from './AskFirst.tsx';
import { dateText, taskTitle } from './words.ts';

/** A policy that was made or opened here, and what can be done with it. */
export function PolicyItem({ policy }: { readonly policy: StoredPolicy }) {
  const { shelf } = useLaboratory();
  const isBusy = useStore(shelf, ({ busy }) => busy !== null);
  const [isAsking, setIsAsking] = useState(false);
  const { id, name, task, origin, createdAt, bytes } = policy;
  const save = async () => {
    const packed = await shelf.exportPolicy(id);
    if (packed !== null) saveFile(packed.name, packed.file);
  };
  return (
    <li className="stored-item">
      <div>
        <span className="stored-name">{name}</span>
        <p className="quiet figures">
          {taskTitle(task)} · {dateText(createdAt)} · {bytesText(bytes)}
        </p>
        <p className="quiet">{origin}</p>
      </div>
      <div className="stored-buttons">
        <Button look="quiet" aria-label={`Save ${name} as a zip file`} disabled={isBusy} onClick={() => void save()}>
          Save
        </Button>
        <Button
          look="quiet"
          aria-label={`Export ${name} for transformers.js (ONNX) …`}
          disabled={isBusy}
          onClick={() => openExport({ kind: 'own', id })}
        >
          Export for transformers.js …
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
          question={`Delete the policy “${name}”, for good?`}
          yes="Delete it"
          onYes={() => {
            setIsAsking(false);
            void shelf.removePolicy(id);
          }}
          onNo={() => setIsAsking(false)}
        />
      )}
    </li>
  );
}
