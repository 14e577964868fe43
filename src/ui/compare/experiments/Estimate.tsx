import { useStore } from 'zustand';
import { durationText } from '../../../experiments/report/numbers.ts';
import { estimateKey } from '../../../lab/experiments/store.ts';
import { Button } from '../../kit/Button.tsx';
import { Progress } from '../../kit/Progress.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';

/** What an experiment would take on this device: measured, never guessed. @param definition null: it cannot be run */
export function Estimate({ definition }: { readonly definition: unknown }) {
  const { experiments } = useLaboratory();
  const key = estimateKey(definition);
  const estimate = useStore(experiments, ({ estimates }) => estimates.get(key));
  const progress = useStore(experiments, ({ estimating }) => (estimating?.key === key ? estimating.progress : null));
  const isBusy = useStore(experiments, ({ estimating }) => estimating !== null);
  if (progress !== null)
    return <Progress label={progress.doing} share={progress.done} onCancel={experiments.cancelEstimate} />;
  if (estimate === undefined)
    return (
      <p className="estimate">
        Time on this device: not measured yet{' '}
        <Button disabled={isBusy || definition === null} onClick={() => void experiments.estimate(definition)}>
          Measure
        </Button>
      </p>
    );
  const { seconds, stepSeconds, evaluationSeconds, startSeconds, backend, adapter } = estimate;
  const parts = [
    ...(stepSeconds === null ? [] : [`a step ${secondsText(stepSeconds)}`]),
    `an evaluation ${secondsText(evaluationSeconds)}`,
    ...(startSeconds > 0 ? [`making the starts ${durationText(startSeconds)}`] : []),
  ];
  return (
    <p className="estimate">
      Time on this device: <strong>about {durationText(seconds)}</strong>{' '}
      <span className="quiet">
        (measured: {parts.join(', ')}; {backend}, {adapter})
      </span>
    </p>
  );
}

const secondsText = (seconds: number) => `${Number(seconds.toPrecision(2))} s`;
