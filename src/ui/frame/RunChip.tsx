import { Icon, type IconName } from '../kit/Icon.tsx';
import { useLaboratory, useRunStatus } from '../laboratoryContext.ts';

const WORDS = { none: 'No run', running: 'Running', paused: 'Paused', failed: 'Stopped' } as const;
const ICONS: Readonly<Record<keyof typeof WORDS, IconName>> = {
  none: 'minus',
  running: 'play',
  paused: 'pause',
  failed: 'warning',
};

/** Where the training run stands; leads to it. */
export function RunChip() {
  const { settings } = useLaboratory();
  const phase = useRunStatus((run) => run.phase);
  const step = useRunStatus((run) => run.step);
  const detail = useRunStatus((run) => run.detail);
  return (
    <button
      type="button"
      className="run-chip"
      data-phase={phase}
      title={detail ?? 'Go to the Train room'}
      onClick={() => settings.go('train')}
    >
      <Icon name={ICONS[phase]} />
      {WORDS[phase]}
      {phase !== 'none' && <span className="figures"> · step {step}</span>}
    </button>
  );
}
