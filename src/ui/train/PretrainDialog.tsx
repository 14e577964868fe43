// Making a base: what to ask for, how it goes, and what came of it. It goes on while the dialog is closed.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { MadeBase } from '../../lab/pretrain/calls.ts';
import { rateKey } from '../../lab/pretrain/draft.ts';
import { durationText, percentText } from '../../lab/pretrain/words.ts';
import { taskByName } from '../../tasks/index.ts';
import { Button } from '../kit/Button.tsx';
import { Dialog } from '../kit/Dialog.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { LossCurve } from './LossCurve.tsx';
import { PretrainForm } from './PretrainForm.tsx';
import './pretrain.css';

export default function PretrainDialog({ onClose }: { readonly onClose: () => void }) {
  const { pretrain, settings } = useLaboratory();
  const phase = useStore(pretrain, (state) => state.phase);
  useEffect(() => {
    const { task } = settings.getState().settings.config;
    const { phase: now, draft } = pretrain.getState();
    if (now === 'idle' && draft.task !== task) pretrain.chooseTask(task);
  }, [pretrain, settings]);
  const failure = useStore(pretrain, (state) => state.failure);
  const made = useStore(pretrain, (state) => state.made);
  return (
    <Dialog title="Pretrain a base" isOpen onClose={onClose} size="large" footer={<Buttons onClose={onClose} />}>
      <div className="pretrain">
        {failure !== null && (
          <Notice tone="problem" onDismiss={pretrain.dismiss}>
            {failure}
          </Notice>
        )}
        {phase === 'idle' || phase === 'rating' ? (
          <>
            <p>
              A base learns the notation and the moves of a task from random traces, of which a share solves its
              problem. Reinforcement learning starts from there. What is made stays in this browser.
            </p>
            <PretrainForm />
          </>
        ) : (
          <Going />
        )}
        {made !== null && <Result made={made} />}
      </div>
    </Dialog>
  );
}

function Going() {
  const { pretrain } = useLaboratory();
  const { draft, phase, step, lossNats, measured, rates } = useStore(pretrain);
  const rate = rates.get(rateKey(draft)) ?? null;
  const left = rate === null ? null : durationText(rate.msPerStep * (draft.steps - step));
  const speed = rate === null ? '' : `, ${Math.round(rate.tokensPerSecond).toLocaleString('en')} tokens/s`;
  const steps = `${step.toLocaleString('en')} of ${draft.steps.toLocaleString('en')} steps`;
  return (
    <>
      <p className="figures">
        {taskByName(draft.task).title}, {draft.difficulty}, seed {draft.seed}
      </p>
      {phase === 'learning' && (
        <Progress
          label={`Learning: ${steps}`}
          share={step / draft.steps}
          detail={left === null ? 'beginning' : `${left} left${speed}`}
        />
      )}
      {phase === 'stopped' && <p role="status">Stopped after {steps}. The learning rate has not come down yet.</p>}
      {phase === 'keeping' && (
        <div className="pretrain-measuring">
          <Progress label="Measuring it on 64 held-out problems, 16 rollouts each" share={measured} />
          {/* Not among the buttons below: a late click must not meet the one that comes after it. */}
          <Button onClick={pretrain.stop}>Keep it without measuring</Button>
        </div>
      )}
      <LossCurve lossNats={lossNats} steps={draft.steps} />
    </>
  );
}

/** What the base can do, each share with its interval. */
function Result({ made: { policy, measurement, note } }: { readonly made: MadeBase }) {
  return (
    <section className="pretrain-result" aria-label="What it can do">
      <h3>{policy.name}</h3>
      <p className="quiet">{policy.origin}</p>
      {note !== null && <Notice tone="problem">It was stored, but could not be measured: {note}</Notice>}
      {measurement !== null && (
        <>
          <dl>
            {(
              [
                ['pass@1', measurement.pass1],
                ['pass@16', measurement.pass16],
                ['greedy', measurement.greedy],
              ] as const
            ).map(([name, { mean, low, high }]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {percentText(mean)}{' '}
                  <span className="quiet">
                    {percentText(low)} – {percentText(high)}
                  </span>
                </dd>
              </div>
            ))}
            <div>
              <dt>knowledge right</dt>
              <dd>{percentText(measurement.knowledgeRight)}</dd>
            </div>
            <div>
              <dt>entropy of forks</dt>
              <dd>{measurement.entropyNats.fork === null ? '–' : `${measurement.entropyNats.fork.toFixed(2)} nats`}</dd>
            </div>
            <div>
              <dt>entropy of knowledge</dt>
              <dd>
                {measurement.entropyNats.knowledge === null
                  ? '–'
                  : `${measurement.entropyNats.knowledge.toFixed(2)} nats`}
              </dd>
            </div>
          </dl>
          <p className="quiet">
            {measurement.n} rollouts of each of {measurement.prompts} held-out problems at τ 1; 95 % bootstrap over
            problems. Reinforcement learning needs pass@16 above pass@1, and both away from 0 and 1.
          </p>
        </>
      )}
    </section>
  );
}

function Buttons({ onClose }: { readonly onClose: () => void }) {
  const { pretrain, shelf, settings, train } = useLaboratory();
  const phase = useStore(pretrain, (state) => state.phase);
  const made = useStore(pretrain, (state) => state.made);
  const startFrom = async () => {
    if (made === null) return;
    const { id, task } = made.policy;
    const { difficulty } = pretrain.getState().draft;
    onClose();
    if (settings.getState().settings.config.task !== task) settings.chooseTask(task);
    if (settings.getState().settings.config.difficulty !== difficulty) settings.edit('difficulty', difficulty);
    shelf.startFrom(task, { kind: 'own', id });
    settings.go('train');
    if (await train.start(settings.getState().settings.config, { kind: 'own', id })) train.play('pause');
  };
  switch (phase) {
    case 'idle':
    case 'rating':
      return (
        <Button look="primary" icon="play" disabled={phase === 'rating'} onClick={() => void pretrain.begin()}>
          Begin
        </Button>
      );
    case 'learning':
      return (
        <>
          <Button look="quiet" onClick={onClose}>
            Go on in the background
          </Button>
          <Button icon="stop" onClick={pretrain.stop}>
            Stop
          </Button>
        </>
      );
    case 'stopped':
      return (
        <>
          <Button look="quiet" onClick={pretrain.reset}>
            Throw it away
          </Button>
          <Button onClick={() => void pretrain.keep()}>Keep what is there</Button>
          <Button look="primary" icon="play" onClick={() => void pretrain.goOn()}>
            Go on
          </Button>
        </>
      );
    case 'keeping':
      return (
        <Button look="quiet" onClick={onClose}>
          Go on in the background
        </Button>
      );
    case 'made':
      return (
        <>
          <Button look="quiet" onClick={pretrain.reset}>
            Make another
          </Button>
          <Button look="primary" icon="play" onClick={() => void startFrom()}>
            Train from this base
          </Button>
        </>
      );
  }
}
