// The runs that this browser keeps.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useLaboratory } from '../../laboratoryContext.ts';

export function RunsPanel() {
  const { shelf } = useLaboratory();
  const list = useStore(shelf, (state) => state.list);
  useEffect(() => void shelf.refresh(), [shelf]);
  if (list === null) return <p className="room-coming">Looking for runs …</p>;
  if (list.runs.length === 0) return <p className="quiet">No run is stored in this browser yet: train one first.</p>;
  return (
    <ul className="sheet">
      {list.runs.map(({ run }) => (
        <li key={run.id} className="figures">
          {run.name}: {run.step} step{run.step === 1 ? '' : 's'}
        </li>
      ))}
    </ul>
  );
}
