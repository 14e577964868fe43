import { openRow } from '../../lab/step/branches.ts';
import { hasOtherSettings } from '../../lab/step/drawing.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { useShown, useTokenRoom, useTokens } from './roomContext.ts';

const SPEEDS = ['2', '8', '30', '120'].map((value) => ({ value, label: `${value} tokens/s` }));

/** Next token, next rollout, play, back. */
export function Transport() {
  const room = useTokenRoom();
  const { branch } = useShown();
  const isPlaying = useTokens((state) => state.isPlaying);
  const speed = useTokens((state) => state.tokensPerSecond);
  const isOther = useSettings((settings) => hasOtherSettings(settings, branch));
  const hasMore = openRow(branch, 0) !== null;
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
      {room.nextRollout !== null && (
        <Button disabled={!hasMore} onClick={() => void room.nextRollout?.()} title="↓">
          Next rollout
        </Button>
      )}
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
      <Button
        className="step-again"
        data-differs={isOther ? '' : undefined}
        onClick={() => void room.rollAgain()}
        title={
          isOther
            ? 'Some revealed tokens were drawn with other settings than those that are set now.'
            : 'The same prompt and noise, from the first token on.'
        }
      >
        Roll again
      </Button>
      <BareSelect
        label="Playing speed"
        value={String(speed)}
        choices={SPEEDS}
        onChange={(value) => room.setSpeed(Number(value))}
      />
    </div>
  );
}
