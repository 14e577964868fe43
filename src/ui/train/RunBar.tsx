// What the run does, and the buttons that make it do something else.

import { useId } from 'react';
import { STAGES } from '../../grpo/stages.ts';
import { keyText } from '../../lab/actions.ts';
import { costText, STAGE_NAMES, statusText } from '../../lab/train/words.ts';
import { IS_MAC } from '../frame/keyboard.ts';
import { Button } from '../kit/Button.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { RunMenu } from './RunMenu.tsx';
import { useRun, useTrain, useTrainState } from './trainContext.ts';

export function RunBar() {
  const id = useId();
  const name = useRun(({ run }) => run.name);
  return (
    <section className="sheet run-bar" aria-labelledby={id}>
      <div className="run-head">
        <h2 id={id}>{name}</h2>
        <RunOrigin />
        <div className="run-tools">
          <ExportMenu />
          <RunMenu />
        </div>
      </div>
      <Transport />
      <Status />
      <Saved />
    </section>
  );
}

function RunOrigin() {
  const hash = useRun(({ run }) => run.hash);
  const adapter = useRun(({ run }) => run.identity.adapter);
  const parent = useRun(({ run }) => run.parent);
  return (
    <p className="quiet run-origin">
      <span title="Names the run: config, first weights, code, machine">run {hash.slice(0, 12)}</span>
      <span>{adapter}</span>
      {parent !== null && (
        <span>
          from step {parent.step} of {parent.name}
        </span>
      )}
    </p>
  );
}

function Transport() {
  const train = useTrain();
  const phase = useRun((run) => run.phase);
  const busy = useTrainState((state) => state.busy);
  const isMoving = phase === 'running' || phase === 'recovering';
  const isStill = !isMoving && busy === null;
  const key = (name: string) => keyText(name, IS_MAC);
  return (
    <div className="transport">
      {isMoving ? (
        <Button
          look="primary"
          icon="pause"
          title={`After this stage; again: at once (${key('Space')})`}
          onClick={train.pause}
        >
          Pause
        </Button>
      ) : (
        <Button look="primary" icon="play" title={key('Space')} disabled={!isStill} onClick={() => train.play('pause')}>
          Play
        </Button>
      )}
      <Button icon="step" title={key('ArrowRight')} disabled={!isStill} onClick={() => train.play('step')}>
        One step
      </Button>
      <Button title={key('Shift+ArrowRight')} disabled={!isStill} onClick={() => train.play('stage')}>
        One stage
      </Button>
    </div>
  );
}

function Status() {
  const status = useRun((run) => statusText(run));
  const cost = useTrainState(({ rows }) => costText(rows));
  const phase = useRun((run) => run.phase);
  const next = useRun((run) => run.next);
  const done = useRun((run) => run.done);
  const saveMs = useRun((run) => run.saveMs);
  const busy = useTrainState((state) => state.busy);
  const train = useTrain();
  const current = STAGES.indexOf(next);
  return (
    <div className="run-status">
      <p className="run-now">{busy ?? status}</p>
      {/* Read out only when it begins, stands still or fails: stages follow each other faster than speech. */}
      <p className="unseen" role="status">
        {phase === 'running' ? 'Training' : status}
      </p>
      {busy !== null && <Progress label={busy} share={null} onCancel={train.cancel} />}
      <ol className="stages" aria-label="Stages of the step">
        {STAGES.map((stage, i) => {
          const share = i < current ? 1 : i > current ? 0 : (done ?? 0);
          return (
            <li key={stage} aria-current={i === current ? 'step' : undefined}>
              <span>
                {STAGE_NAMES[stage]}
                {i < current && ' ✓'}
              </span>
              <span className="stage-track">
                <span className="stage-done" style={{ width: `${100 * share}%` }} />
              </span>
            </li>
          );
        })}
      </ol>
      {/* One text: of two, the second would move when the first changes. */}
      <p className="quiet figures run-cost">
        {cost === null
          ? 'No step yet: its speed and the time of its stages will stand here.'
          : `${cost}${saveMs === null ? '' : ` · saved in ${Math.round(saveMs)} ms`}`}
      </p>
    </div>
  );
}

function Saved() {
  const train = useTrain();
  const saved = useRun((run) => run.saved);
  const notice = useRun((run) => run.notice);
  const phase = useRun((run) => run.phase);
  const failure = useTrainState((state) => state.failure);
  return (
    <>
      {!saved.saved && <Notice tone="problem">{saved.why}</Notice>}
      {notice !== null && phase !== 'failed' && <Notice>{notice}</Notice>}
      {failure !== null && (
        <Notice tone="problem" onDismiss={train.dismiss}>
          {failure}
        </Notice>
      )}
    </>
  );
}
