import { useStore } from 'zustand';
import { durationText } from '../../lab/pretrain/words.ts';
import { comparePart } from '../compare/part.ts';
import { Icon } from '../kit/Icon.tsx';
import { useLaboratory } from '../laboratoryContext.ts';

/** How far the experiment is that runs while other rooms are looked at; leads to it. */
export function ExperimentChip() {
  const { experiments, settings } = useLaboratory();
  const running = useStore(experiments, ({ list }) =>
    list?.find(({ state }) => state.phase === 'running' && !state.isElsewhere),
  );
  if (running === undefined) return null;
  const { definition, state } = running;
  const { id, cells, secondsLeft } = state;
  const left = secondsLeft === null ? '' : `, ${durationText(1000 * secondsLeft)} left`;
  return (
    <button
      type="button"
      className="run-chip"
      data-phase="running"
      title={`${definition.name}: ${cells.done} of ${cells.total} runs${left}`}
      onClick={() => {
        comparePart.setState('experiments', true);
        settings.go('compare');
        void experiments.look(id);
      }}
    >
      <Icon name="play" />
      Experiment
      <span className="figures">
        {' '}
        · {cells.done} of {cells.total}
      </span>
    </button>
  );
}
