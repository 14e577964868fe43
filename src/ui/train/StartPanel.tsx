import { useEffect } from 'react';
import { PRESETS } from '../../lab/settings/settings.ts';
import { taskByName } from '../../tasks/index.ts';
import { Button } from '../kit/Button.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useLaboratory, useSettings } from '../laboratoryContext.ts';
import { openDialog } from '../policies/dialogs.ts';
import { StartFrom } from './StartFrom.tsx';
import { useTrain, useTrainState } from './trainContext.ts';

/** What there is before a run: begin one, or go on with the last. */
export function StartPanel() {
  const { settings, shelf } = useLaboratory();
  const train = useTrain();
  const config = useSettings((s) => s.config);
  const preset = useSettings((s) => s.preset);
  const busy = useTrainState((state) => state.busy);
  const failure = useTrainState((state) => state.failure);
  const resumable = useTrainState((state) => state.resumable);
  const task = taskByName(config.task);
  // What the charts need is here before training needs the machine.
  useEffect(() => void import('../charts/Plot.tsx'), []);
  const begin = async () => {
    const { config: now } = settings.getState().settings;
    if (await train.start(now, shelf.startOf(now.task))) train.play('pause');
  };
  const goOn = async (id: string) => {
    if (await train.open(id)) train.play('pause');
  };
  return (
    <section className="sheet start">
      <h2>Train a policy</h2>
      <p>
        Each step draws {config.group} rollouts of {config.prompts} problems of {task.title}, rewards those that are
        right, and moves the weights towards them. The settings are {PRESETS[preset].title}’s, with your edits.
      </p>
      <p className="quiet">{task.summary}</p>
      <StartFrom />
      {busy !== null ? (
        <Progress label={busy} share={null} onCancel={train.cancel} />
      ) : (
        <div className="transport">
          <Button look="primary" icon="play" onClick={() => void begin()}>
            Start a run
          </Button>
          <Button onClick={() => openDialog('pretrain')}>Pretrain a base …</Button>
        </div>
      )}
      {resumable !== null && busy === null && (
        <Notice>
          <p>
            “{resumable.run.name}” stands after {resumable.run.step} step{resumable.run.step === 1 ? '' : 's'}
            {resumable.activity === 'interrupted' ? ': its tab was closed or crashed while it ran' : ''}. Nothing is
            lost but the stage that was under way.
          </p>
          <div className="notice-actions">
            <Button onClick={() => void goOn(resumable.run.id)}>Go on</Button>
            <Button onClick={() => void train.open(resumable.run.id)}>Open, paused</Button>
          </div>
        </Notice>
      )}
      {failure !== null && (
        <Notice tone="problem" onDismiss={train.dismiss}>
          {failure}
        </Notice>
      )}
    </section>
  );
}
