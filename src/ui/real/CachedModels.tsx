// What the browser keeps of the hub's models, to be opened without the network, or to be deleted.

import { useState } from 'react';
import { bytesText } from '../../lab/train/words.ts';
import type { CachedModel } from '../../llm/session.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { AskFirst } from '../storage/AskFirst.tsx';
import { useModel, useReal } from './realContext.ts';

export function CachedModels() {
  const cached = useModel((state) => state.cached);
  if (cached.length === 0) return null;
  return (
    <section className="sheet real-cached" aria-label="Kept in this browser">
      <h2>Kept in this browser</h2>
      <ul>
        {cached.map((model) => (
          <Kept key={JSON.stringify([model.hub, model.repository, model.revision])} model={model} />
        ))}
      </ul>
    </section>
  );
}

function Kept({ model }: { readonly model: CachedModel }) {
  const { model: store } = useReal();
  const [isAsking, setAsking] = useState(false);
  const { repository, revision, files, bytes } = model;
  return (
    <li className="real-kept">
      <span>
        <b>{repository}</b>
        {revision !== 'main' && <span className="quiet"> {revision}</span>}
      </span>
      <span className="quiet figures">
        {files.length} {files.length === 1 ? 'file' : 'files'}, {bytesText(bytes)}
      </span>
      <Button onClick={() => void store.choose({ kind: 'hub', repository })}>Open</Button>
      <IconButton icon="trash" label={`Delete ${repository} from this browser`} onClick={() => setAsking(true)} />
      {isAsking && (
        <AskFirst
          question={`Delete ${repository} (${bytesText(bytes)}) from this browser?`}
          yes="Delete"
          onYes={() => void store.remove(model)}
          onNo={() => setAsking(false)}
        />
      )}
    </li>
  );
}
