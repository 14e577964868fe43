import type { CSSProperties } from 'react';
import { COLOUR_NAMES, COLOURS, type ColourScale, needsScore, type Paint } from '../../lab/step/colours.ts';
import type { Role } from '../../tasks/task.ts';
import { BareSelect } from '../kit/Select.tsx';
import { useTokenRoom, useTokens } from './roomContext.ts';
import { useScore } from './useScore.ts';
import { number } from './words.ts';

/** A bar's colour; none: by its class. */
export function paintStyle(paint: Paint): CSSProperties {
  switch (paint.kind) {
    case 'class':
      return {};
    case 'role':
      return { background: `var(--role-${paint.role ?? 'none'})` };
    case 'rising':
      return { background: mix('--rising-high', '--rising-low', paint.value) };
    case 'signed':
      return { background: mix(paint.value < 0 ? '--cold-fill' : '--hot-fill', '--raw-fill', Math.abs(paint.value)) };
  }
}

const mix = (to: string, from: string, share: number) =>
  `color-mix(in oklab, var(${to}) ${(100 * share).toFixed(1)}%, var(${from}))`;

export const ROLES = ['fork', 'knowledge', 'format'] as const satisfies readonly Role[];

/** What the bars are coloured by, and what the ends of the colours stand for. */
export function ColourChoice({ scale }: { readonly scale: ColourScale | null }) {
  const room = useTokenRoom();
  const { score } = useScore();
  const colourBy = useTokens((state) => state.colourBy);
  const { kind } = COLOURS[colourBy];
  const size = scale === null ? 0 : Math.max(Math.abs(scale.least), Math.abs(scale.most));
  return (
    <span className="step-colour">
      <span>colour</span>
      <BareSelect
        label="Colour of the bars"
        value={colourBy}
        choices={COLOUR_NAMES.map((value) => ({
          value,
          label: `${COLOURS[value].name}${needsScore(value) && score === null ? ' (when scored)' : ''}`,
          disabled: needsScore(value) && score === null && value !== colourBy,
        }))}
        onChange={room.colour}
      />
      {kind === 'role' &&
        ROLES.map((role) => (
          <span className="step-colour-scale" key={role}>
            <i data-kind={role} />
            {role}
          </span>
        ))}
      {scale !== null && kind === 'rising' && (
        <span className="step-colour-scale figures">
          {number(scale.least, 2)}
          <i data-kind="rising" />
          {number(scale.most, 2)}
        </span>
      )}
      {scale !== null && kind === 'signed' && (
        <span className="step-colour-scale figures">
          {number(-size, 2)}
          <i data-kind="signed" />
          {number(size, 2)}
        </span>
      )}
    </span>
  );
}
