// The stored experiment that is looked at, live while it runs.

import { useStore } from 'zustand';
import type { ExperimentEntry } from '../../../lab/experiments/calls.ts';
import { Button } from '../../kit/Button.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { HowItGoes, phaseText, StateButtons } from './ExperimentList.tsx';
import { ResultMenu } from './ResultMenu.tsx';
import { ResultView } from './ResultView.tsx';

export function Looked({ entry }: { readonly entry: ExperimentEntry }) {
  const { experiments } = useLaboratory();
  const results = useStore(experiments, (state) => state.results);
  const busy = useStore(experiments, (state) => state.busy);
  const { definition, state } = entry;
  return (
    <article className="looked" aria-label={definition.name}>
      <header className="looked-head">
        <Button look="quiet" icon="back" onClick={() => void experiments.look(null)}>
          All experiments
        </Button>
        <h2>{definition.name}</h2>
        <span className="phase" data-phase={state.phase}>
          {phaseText(state)}: {state.cells.done} of {state.cells.total} runs done
        </span>
        <span className="looked-actions">
          <StateButtons entry={entry} isBusy={busy !== null} />
          {results !== null && <ResultMenu results={results} id={state.id} />}
        </span>
      </header>
      {definition.question !== '' && <p>{definition.question}</p>}
      {definition.look !== '' && <p className="quiet">What to look at: {definition.look}</p>}
      <HowItGoes entry={entry} />
      {results === null ? <p className="room-coming">Fetching the results …</p> : <ResultView results={results} />}
    </article>
  );
}
