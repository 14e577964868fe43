// The experiments on language models that this browser keeps: how each goes, and what can be done with it.

import { useState } from 'react';
import { useStore } from 'zustand';
import { durationText } from '../../../experiments/report/numbers.ts';
import { modelSizeText } from '../../../lab/real/experiments/draft.ts';
import { identityOf, otherModel } from '../../../lab/real/experiments/identity.ts';
import type { ModelExperimentEntry } from '../../../lab/real/experiments/state.ts';
import { bytesText } from '../../../lab/train/words.ts';
import { Button } from '../../kit/Button.tsx';
import { Progress } from '../../kit/Progress.tsx';
import { AskFirst } from '../../storage/AskFirst.tsx';
import { dateText } from '../../storage/words.ts';
import { useModel, useReal } from '../realContext.ts';

export function ModelExperimentList() {
  const { experiments } = useReal();
  const list = useStore(experiments, (state) => state.list);
  if (list === null || list.length === 0) return null;
  return (
    <section aria-label="Experiments on language models in this browser">
      <h2 className="model-experiments-head">Experiments in this browser</h2>
      <ul className="experiment-items">
        {list.map((entry) => (
          <Item key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

function Item({ entry }: { readonly entry: ModelExperimentEntry }) {
  const { experiments } = useReal();
  const { id, experiment, made, bytes } = entry;
  return (
    <li className="sheet experiment-item" aria-label={experiment.name}>
      <div className="experiment-item-head">
        <h3>{experiment.name}</h3>
        <Phase entry={entry} />
      </div>
      <p className="quiet figures">
        {experiment.model.name} · {modelSizeText(experiment)} · {dateText(made)} · {bytesText(bytes)}
      </p>
      <HowItGoes entry={entry} />
      <div className="preset-actions">
        <Button look={entry.done === entry.cells ? 'primary' : 'plain'} onClick={() => void experiments.look(id)}>
          Results
        </Button>
        <StateButtons entry={entry} />
      </div>
    </li>
  );
}

/** In a few words, how far it is. */
export function Phase({ entry: { id, done, cells } }: { readonly entry: ModelExperimentEntry }) {
  const { experiments } = useReal();
  const isRunning = useStore(experiments, ({ running }) => running?.id === id);
  const word = isRunning ? 'running' : done === cells ? 'finished' : done === 0 ? 'not begun' : 'paused';
  return (
    <span className="phase figures" data-phase={word}>
      {word}: {done} of {cells} cells drawn
    </span>
  );
}

/** The cell under way. */
export function HowItGoes({ entry: { id, experiment } }: { readonly entry: ModelExperimentEntry }) {
  const { experiments } = useReal();
  const running = useStore(experiments, (state) => (state.running?.id === id ? state.running : null));
  if (running === null) return null;
  const { done, cells, steps, mostSteps, secondsLeft, isStopping } = running;
  const next = Math.min(done, cells - 1);
  const arms = experiment.arms.length;
  const left = secondsLeft === null ? 'time left: not measured yet' : `about ${durationText(secondsLeft)} left`;
  return (
    <Progress
      label={
        isStopping
          ? 'Stopping behind the present token'
          : `Question ${Math.floor(next / arms) + 1} of ${experiment.questions.length} by ${experiment.arms[next % arms]!.name}`
      }
      share={cells === 0 ? null : (done + (mostSteps === 0 ? 0 : steps / mostSteps)) / cells}
      detail={`token ${steps} of at most ${mostSteps} · ${left}`}
    />
  );
}

/** Run, pause, go on, remove; and why it cannot go on. */
export function StateButtons({ entry }: { readonly entry: ModelExperimentEntry }) {
  const { experiments } = useReal();
  const [asks, setAsks] = useState(false);
  const model = useModel((state) => state.model);
  const fingerprint = useModel((state) => state.fingerprint);
  const running = useStore(experiments, (state) => state.running);
  const isBusy = useStore(experiments, (state) => state.busy !== null);
  const { id, experiment, done, cells } = entry;
  const isRunning = running?.id === id;
  const refusal = otherModel(experiment.model, model && identityOf({ model, fingerprint }));
  if (asks)
    return (
      <AskFirst
        question={`Delete ${experiment.name} with all that was drawn, for good?`}
        yes="Delete"
        onYes={() => void experiments.remove(id)}
        onNo={() => setAsks(false)}
      />
    );
  return (
    <>
      {isRunning && (
        <Button icon="pause" disabled={running.isStopping} onClick={experiments.pause}>
          Pause
        </Button>
      )}
      {!isRunning && done < cells && (
        <Button
          look="primary"
          icon="play"
          disabled={isBusy || running !== null || refusal !== null}
          onClick={() => void experiments.run(id)}
        >
          {done === 0 ? 'Run' : 'Go on'}
        </Button>
      )}
      <Button look="quiet" icon="trash" disabled={isBusy} onClick={() => setAsks(true)}>
        Remove …
      </Button>
      {!isRunning && done < cells && refusal !== null && <span className="quiet">{refusal}</span>}
    </>
  );
}
