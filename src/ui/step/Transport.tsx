import { lengthOf, openRow, revealedOf } from '../../lab/step/branches.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { useRoom, useShown, useStep } from './roomContext.ts';

const SPEEDS = ['2', '8', '30', '120'].map((value) => ({ value, label: `${value} tokens/s` }));

/** Next token, next rollout, play, back. */
export function Transport() {
  const room = useRoom();
  const { branch } = useShown();
  const isPlaying = useStep((state) => state.isPlaying);
  const isBusy = useStep((state) => state.isBusy);
  const speed = useStep((state) => state.tokensPerSecond);
  const hasMore = openRow(branch, 0) !== null;
  const rows = branch.strips.map((_, row) => row);
  const done = rows.reduce((sum, row) => sum + revealedOf(branch, row), 0);
  const all = rows.reduce((sum, row) => sum + lengthOf(branch, row), 0);
  return (
    <div className="step-transport" role="toolbar" aria-label="Reveal tokens">
      <Button look="primary" icon="step" disabled={!hasMore} onClick={() => void room.next()} title="→">
        Next token
      </Button>
      <Button
        icon={isPlaying ? 'pause' : 'play'}
        className="step-play"
        disabled={!hasMore && !isPlaying}
        onClick={isPlaying ? room.pause : room.play}
        title="Space"
      >
        {isPlaying ? 'Pause' : 'Play'}
      </Button>
      <Button disabled={!hasMore} onClick={() => void room.nextRollout()} title="↓">
        Next rollout
      </Button>
      <Button disabled={!hasMore} onClick={() => void room.revealAll()} title="End">
        All
      </Button>
      <IconButton icon="undo" label="Back (←)" disabled={branch.trail.length === 0} onClick={room.back} />
      <IconButton
        icon="reset"
        label="Back to the first token (Home)"
        disabled={branch.trail.length === 0}
        onClick={room.toStart}
      />
      <BareSelect
        label="Playing speed"
        value={String(speed)}
        choices={SPEEDS}
        onChange={(value) => room.setSpeed(Number(value))}
      />
      <span className="quiet figures step-count" data-busy={isBusy ? '' : undefined}>
        {done} {hasMore ? 'tokens' : `of ${all} tokens`}
      </span>
    </div>
  );
}
