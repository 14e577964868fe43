import { useState } from 'react';
import { groupAdvantages } from '../../grpo/advantage.ts';
import type { LearnState } from '../../lab/learn/store.ts';
import { Button } from '../kit/Button.tsx';
import { Chapter } from './Chapter.tsx';

/** Longest bar, in units of advantage: about that of one right rollout in eight. */
const FULL_BAR = 2.6;

export function AdvantageFigure({
  state,
  sampleAnother,
}: {
  readonly state: LearnState;
  readonly sampleAnother: () => void;
}) {
  const { group, groupPrompt } = state;
  // Rewards that the reader has turned over, of this very group.
  const [turned, setTurned] = useState<{ group: LearnState['group']; rows: ReadonlySet<number> }>({
    group,
    rows: new Set(),
  });
  const rows = turned.group === group ? turned.rows : new Set<number>();
  const rewards = group.map(({ reward }, i) => (rows.has(i) ? 1 - reward : reward));
  const result = group.length === 0 ? null : groupAdvantages(rewards, new Int32Array(group.length), 'std');
  const summary = result?.groups[0];
  const turn = (row: number) => {
    const next = new Set(rows);
    if (!next.delete(row)) next.add(row);
    setTurned({ group, rows: next });
  };
  return (
    <Chapter
      number={3}
      title="Group advantage"
      source="GRPO, arXiv 2402.03300; A = (R − mean R) / (std R + 10⁻⁴)"
      text={
        <p>
          GRPO has no critic. It rolls out one prompt G times and asks of each rollout only whether it did better than
          its siblings. The difference, in units of the group's spread, is the advantage of every token in it. Press a
          reward to turn it over, and see what the group would then teach.
        </p>
      }
      question={{
        ask: 'What does a group teach whose rollouts are all right, or all wrong?',
        answer: (
          <p>
            Nothing: every reward is the mean, every advantage 0. Such a dead group costs as much as any other. With a
            share p of right rollouts it happens with probability p<sup>G</sup> + (1 − p)<sup>G</sup>; temperatures that
            differ between the rollouts of a group make it rarer, which is one reason to mix them.
          </p>
        ),
      }}
    >
      <p className="reading">
        <span>
          prompt <span className="glyph">{groupPrompt}</span>
        </span>
        {summary !== undefined && (
          <output data-testid="learn-group">
            mean {summary.mean.toFixed(3)}, std {summary.std.toFixed(3)}
            {summary.isDead && ' — a dead group: no signal'}
          </output>
        )}
        <Button onClick={sampleAnother}>Another group</Button>
      </p>
      <ol className="group">
        {group.map(({ text, outcome }, i) => {
          const advantage = result!.advantage[i]!;
          return (
            <li
              // Rollouts of one group have no identity but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={i}
            >
              <span className="glyph group-text">{text}</span>
              <button
                type="button"
                className="reward"
                aria-pressed={rows.has(i)}
                title={rows.has(i) ? `turned over; the verifier says: ${outcome}` : `the verifier says: ${outcome}`}
                onClick={() => turn(i)}
              >
                R = {rewards[i]}
              </button>
              <span className="advantage">
                <span className="advantage-track" aria-hidden="true">
                  <span
                    className="advantage-bar"
                    data-sign={advantage > 0 ? 'up' : 'down'}
                    style={{
                      width: `${Math.min(50, (50 * Math.abs(advantage)) / FULL_BAR)}%`,
                      [advantage < 0 ? 'right' : 'left']: '50%',
                    }}
                  />
                </span>
                <span className="advantage-value">
                  {advantage > 0 ? '▲' : advantage < 0 ? '▼' : '–'} {advantage.toFixed(2).replace('-', '−')}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
    </Chapter>
  );
}
