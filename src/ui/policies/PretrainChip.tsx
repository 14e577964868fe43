import { useStore } from 'zustand';
import type { PretrainPhase } from '../../lab/pretrain/store.ts';
import { Icon } from '../kit/Icon.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { dialogs, openDialog } from './dialogs.ts';

const WORDS: Readonly<Partial<Record<PretrainPhase, string>>> = {
  learning: 'Base',
  stopped: 'Base, stopped',
  keeping: 'Measuring the base',
  made: 'Base is made',
};

/** How the base comes along that is being made while its dialog is closed; leads back to it. */
export function PretrainChip() {
  const { pretrain } = useLaboratory();
  const phase = useStore(pretrain, (state) => state.phase);
  const percent = useStore(pretrain, ({ step, draft }) => Math.floor((100 * step) / draft.steps));
  const isOpen = useStore(dialogs, ({ open }) => open === 'pretrain');
  const words = WORDS[phase];
  if (words === undefined || isOpen) return null;
  return (
    <button
      type="button"
      className="run-chip"
      title="Show how the base comes along"
      onClick={() => openDialog('pretrain')}
    >
      <Icon name={phase === 'made' ? 'check' : phase === 'stopped' ? 'pause' : 'play'} />
      {words}
      {phase === 'learning' && <span className="figures"> · {percent} %</span>}
    </button>
  );
}
