import { useStore } from 'zustand';
import { durationText } from '../../lab/pretrain/words.ts';
import { comparePart } from '../compare/part.ts';
import { Icon } from '../kit/Icon.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { realPart } from '../real/part.ts';

/** How far the experiment is that runs while other rooms are looked at; leads to it. */
export function ExperimentChip() {
  const { experiments, settings } = useLaboratory();
  const running = useStore(experiments, ({ list }) =>
    list?.find(({ state }) => state.phase === 'running' && !state.isElsewhere),
  );
  if (running === undefined) return null;
  const { definition, state } = running;
  const { id, cells, secondsLeft } = state;
  return (
    <Chip
      what="Experiment"
      name={definition.name}
      {...cells}
      unit="runs"
      secondsLeft={secondsLeft}
      onClick={() => {
        comparePart.setState('experiments', true);
        settings.go('compare');
        void experiments.look(id);
      }}
    />
  );
}

/** The same for one on a language model. */
export function ModelExperimentChip() {
  const { modelExperiment, settings } = useLaboratory();
  const running = useStore(modelExperiment);
  if (running === null) return null;
  const { name, done, cells, secondsLeft } = running;
  return (
    <Chip
      what="On a model"
      name={name}
      done={done}
      total={cells}
      unit="cells"
      secondsLeft={secondsLeft}
      onClick={() => {
        realPart.setState('experiments', true);
        settings.go('model');
      }}
    />
  );
}

function Chip({
  what,
  name,
  done,
  total,
  unit,
  secondsLeft,
  onClick,
}: {
  readonly what: string;
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly secondsLeft: number | null;
  readonly onClick: () => void;
}) {
  const left = secondsLeft === null ? '' : `, ${durationText(1000 * secondsLeft)} left`;
  return (
    <button
      type="button"
      className="run-chip"
      data-phase="running"
      title={`${name}: ${done} of ${total} ${unit}${left}`}
      onClick={onClick}
    >
      <Icon name="play" />
      {what}
      <span className="figures">
        {' '}
        · {done} of {total}
      </span>
    </button>
  );
}
