// The experiments that this browser keeps: how each goes, and what can be done with it.

import { type DragEvent, useState } from 'react';
import { useStore } from 'zustand';
import { pointName } from '../../../experiments/definition.ts';
import { durationText } from '../../../experiments/report/numbers.ts';
import type { CellDoing, ExperimentEntry, ExperimentPhase, ExperimentState } from '../../../lab/experiments/calls.ts';
import type { PickedFile } from '../../../lab/policies/calls.ts';
import { sizeText } from '../../../lab/results/words.ts';
import { bytesText } from '../../../lab/train/words.ts';
import { Button } from '../../kit/Button.tsx';
import { Notice } from '../../kit/Notice.tsx';
import { Progress } from '../../kit/Progress.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { droppedFiles, pickFiles } from '../../policies/pick.ts';
import { AskFirst } from '../../storage/AskFirst.tsx';
import { dateText } from '../../storage/words.ts';
import { forgetChoice } from './viewStore.ts';

const PHASES: Readonly<Record<ExperimentPhase, string>> = {
  waiting: 'waits for the one before it',
  running: 'running',
  paused: 'paused',
  finished: 'finished',
  failed: 'stopped',
};

const DOING: Readonly<Record<CellDoing, string>> = {
  opening: 'getting ready',
  'making the start': 'training the policy that it starts from',
  training: 'training',
  evaluating: 'evaluating',
  recovering: 'the GPU was lost; it is put on a new one',
};

export function phaseText({ phase, isElsewhere, isBegun }: ExperimentState): string {
  if (isElsewhere) return 'another tab has it';
  return phase === 'paused' && !isBegun ? 'not begun' : PHASES[phase];
}

export function ExperimentList() {
  const { experiments } = useLaboratory();
  const list = useStore(experiments, (state) => state.list);
  const busy = useStore(experiments, (state) => state.busy);
  const [isOver, setIsOver] = useState(false);
  const open = async (picked: PickedFile | undefined) => {
    if (picked === undefined) return;
    forgetChoice();
    await experiments.open(picked.file, picked.path.split('/').at(-1)!);
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const [first] = await droppedFiles(event.dataTransfer);
    await open(first);
  };
  if (list === null) return <p className="room-coming">Looking for experiments …</p>;
  return (
    // The button below does the same; dropping is only a shorter way.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      className="experiment-list"
      data-over={isOver ? '' : undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <h2 className="unseen">Experiments in this browser</h2>
      {list.length === 0 ? (
        <p className="quiet">
          No experiment is stored in this browser yet: start a preset, make your own, or open a file.
        </p>
      ) : (
        <ul className="experiment-items">
          {list.map((entry) => (
            <Item key={entry.state.id} entry={entry} isBusy={busy !== null} />
          ))}
        </ul>
      )}
      <p className="experiment-open">
        <Button
          icon="upload"
          disabled={busy !== null}
          onClick={() => void pickFiles('files').then(([first]) => open(first))}
        >
          Open a file …
        </Button>{' '}
        <span className="quiet">
          or drop it here: results that were saved or made by the command line, or a definition alone. It stays in this
          browser.
        </span>
      </p>
    </div>
  );
}

function Item({ entry, isBusy }: { readonly entry: ExperimentEntry; readonly isBusy: boolean }) {
  const { experiments } = useLaboratory();
  const { definition, state, bytes, usedAt, origin } = entry;
  const { id, cells } = state;
  return (
    <li className="sheet experiment-item" aria-label={definition.name}>
      <div className="experiment-item-head">
        <h3>{definition.name}</h3>
        <span className="phase" data-phase={state.phase}>
          {phaseText(state)}
        </span>
      </div>
      <p className="quiet figures">
        {cells.done} of {cells.total} runs done · {sizeText(definition)} · {dateText(usedAt)} · {bytesText(bytes)}
        {origin !== null && ` · from ${origin}`}
      </p>
      <HowItGoes entry={entry} />
      <div className="preset-actions">
        <Button
          look={state.phase === 'finished' ? 'primary' : 'plain'}
          onClick={() => {
            forgetChoice();
            void experiments.look(id);
          }}
        >
          Results
        </Button>
        <StateButtons entry={entry} isBusy={isBusy} />
      </div>
    </li>
  );
}

/** The run under way, what is left, and what went wrong. */
export function HowItGoes({ entry: { definition, state } }: { readonly entry: ExperimentEntry }) {
  const { underWay, secondsLeft, notice, cells, phase } = state;
  return (
    <>
      {underWay !== null && (
        <Progress
          label={`Run ${underWay.index + 1} of ${cells.total}: ${pointName(definition, underWay)}, seed ${underWay.seed}: ${DOING[underWay.doing]}`}
          share={underWay.share}
          detail={[
            underWay.steps > 0 ? `step ${underWay.step} of ${underWay.steps}` : null,
            underWay.reward === null ? null : `reward ${underWay.reward.toFixed(3)}`,
            secondsLeft === null ? 'time left: not measured yet' : `all done in about ${durationText(secondsLeft)}`,
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        />
      )}
      {notice !== null && <Notice tone={phase === 'failed' ? 'problem' : 'info'}>{notice}</Notice>}
    </>
  );
}

/** Run, pause, go on, remove. */
export function StateButtons({
  entry: { definition, state },
  isBusy,
}: {
  readonly entry: ExperimentEntry;
  readonly isBusy: boolean;
}) {
  const { experiments } = useLaboratory();
  const [asks, setAsks] = useState(false);
  const { id, phase, isElsewhere, isBegun, cells } = state;
  if (asks)
    return (
      <AskFirst
        question={`Delete ${definition.name} with ${cells.done === 1 ? 'its result' : `its ${cells.done} results`}, for good?`}
        yes="Delete"
        onYes={() => void experiments.remove(id)}
        onNo={() => setAsks(false)}
      />
    );
  const isGoing = phase === 'running' || phase === 'waiting';
  return (
    <>
      {isGoing && (
        <Button icon="pause" disabled={isBusy || isElsewhere} onClick={() => void experiments.pause(id)}>
          Pause
        </Button>
      )}
      {!isGoing && phase !== 'finished' && (
        <Button look="primary" icon="play" disabled={isBusy || isElsewhere} onClick={() => void experiments.run(id)}>
          {isBegun ? 'Go on' : 'Run'}
        </Button>
      )}
      <Button look="quiet" icon="trash" disabled={isBusy || isElsewhere} onClick={() => setAsks(true)}>
        Remove …
      </Button>
    </>
  );
}
