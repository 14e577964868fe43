import type { KeyboardEvent } from 'react';
import type { Place } from '../lab/laboratory.ts';
import { GLYPHS } from '../lab/specimen.ts';
import type { Rollout } from '../policy/engine.ts';

/** ln 27: the entropy of a uniform distribution over the letters is a full bar. */
const FULL_BAR_NATS = Math.log(GLYPHS.length);

interface Props {
  readonly rollouts: readonly Rollout[];
  readonly place: Place;
  readonly look: (place: Place) => void;
}

/** Every rollout as a strip of tokens: height is entropy, the tick is the threshold; hot and cold by mark and colour. */
export function TokenStrips({ rollouts, place, look }: Props) {
  const move = (event: KeyboardEvent) => {
    const row = place.row + Number(event.key === 'ArrowDown') - Number(event.key === 'ArrowUp');
    const index = place.index + Number(event.key === 'ArrowRight') - Number(event.key === 'ArrowLeft');
    if ((row === place.row && index === place.index) || rollouts[row]?.ids[index] === undefined) return;
    event.preventDefault();
    look({ row, index });
    document.getElementById(`token-${row}-${index}`)?.focus();
  };
  const hotCount = rollouts.reduce((n, { hot }) => n + hot.reduce((sum, h) => sum + h, 0), 0);
  const count = rollouts.reduce((n, { ids }) => n + ids.length, 0);
  return (
    <section className="strips" aria-label="Rollouts">
      <p className="legend">
        <span className="hot">▲ hot</span> <span className="cold">▼ cold</span>{' '}
        <span className="quiet">
          bar: entropy · line: threshold ·{' '}
          <span data-testid="hot-count">
            {hotCount} of {count} hot
          </span>
        </span>
      </p>
      {rollouts.map((rollout) => (
        <div
          className="strip"
          role="toolbar"
          aria-label={`Rollout ${rollout.row + 1}`}
          key={rollout.row}
          onKeyDown={move}
        >
          {Array.from(rollout.ids, (id, index) => {
            const isHot = rollout.hot[index] === 1;
            const entropy = rollout.entropyNats[index]!;
            const threshold = rollout.thresholdNats[index]!;
            const isChosen = place.row === rollout.row && place.index === index;
            return (
              <button
                type="button"
                // A token has no identity but its place.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                key={index}
                id={`token-${rollout.row}-${index}`}
                className={`token ${isHot ? 'is-hot' : 'is-cold'}`}
                aria-pressed={isChosen}
                aria-label={`${GLYPHS[id]}, ${isHot ? 'hot' : 'cold'}, entropy ${entropy.toFixed(2)} nats`}
                tabIndex={isChosen ? 0 : -1}
                onClick={() => look({ row: rollout.row, index })}
              >
                <span className="bar">
                  <span className="fill" style={{ height: `${(100 * entropy) / FULL_BAR_NATS}%` }} />
                  {Number.isFinite(threshold) && (
                    <span className="threshold" style={{ bottom: `${(100 * threshold) / FULL_BAR_NATS}%` }} />
                  )}
                </span>
                <span className="glyph">{GLYPHS[id]}</span>
                <span className="mark">{isHot ? '▲' : '▼'}</span>
              </button>
            );
          })}
        </div>
      ))}
    </section>
  );
}
