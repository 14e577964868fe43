import type { KeyboardEvent } from 'react';
import type { LearnState } from '../../lab/learn/store.ts';

const ROLE_MARKS = { fork: '◆', knowledge: '●', format: '·' } as const;

/** The worked example, character by character; one is looked at. Arrow keys move. */
export function Passage({ state, look }: { readonly state: LearnState; readonly look: (place: number) => void }) {
  const { prompt, completion, roles, place } = state;
  const move = (event: KeyboardEvent) => {
    const to = {
      ArrowLeft: place - 1,
      ArrowRight: place + 1,
      Home: 0,
      End: completion.length - 1,
    }[event.key];
    if (to === undefined || to < 0 || to >= completion.length) return;
    event.preventDefault();
    // The page's own arrows step through rollouts.
    event.stopPropagation();
    look(to);
    event.currentTarget.querySelector<HTMLElement>(`[data-place="${to}"]`)?.focus();
  };
  return (
    <div className="passage" role="toolbar" aria-label="Worked example: choose a character" onKeyDown={move}>
      <span className="passage-prompt" title="the prompt">
        {prompt}
      </span>
      {[...completion].map((character, i) => {
        const role = roles[i];
        return (
          <button
            type="button"
            // A character has no identity but its place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={i}
            data-place={i}
            className="passage-character"
            aria-pressed={i === place}
            aria-label={`${character}, ${role ?? 'role not known'}`}
            tabIndex={i === place ? 0 : -1}
            onClick={() => look(i)}
          >
            <span>{character}</span>
            <span className="passage-role" data-role={role ?? undefined} aria-hidden="true">
              {role == null ? '' : ROLE_MARKS[role]}
            </span>
          </button>
        );
      })}
      <p className="legend">
        <span>◆ fork: several continuations are right</span>
        <span>● knowledge: one is</span>
        <span>· notation</span>
      </p>
    </div>
  );
}
