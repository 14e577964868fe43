// The group by the places of its ladder: reward, advantage and share of the signal.

import { ladderRungs } from '../../lab/step/ladderView.ts';
import { useShown, useTokenRoom } from './roomContext.ts';
import { useScore } from './useScore.ts';
import { number, percent } from './words.ts';

export function LadderPanel() {
  const room = useTokenRoom();
  const { group, branch } = useShown();
  const { score } = useScore();
  const rungs = ladderRungs(group, branch, score);
  return (
    <>
      <header className="step-panel-head">
        <h2>The group by temperature</h2>
      </header>
      <div className="step-scroll">
        <table className="step-ladder">
          <thead>
            <tr>
              <th scope="col">ladder</th>
              <th scope="col">τ hot / cold</th>
              <th scope="col">rollouts</th>
              <th scope="col">reward</th>
              <th scope="col">advantage</th>
              <th scope="col" title="Share of the sum of |A|">
                signal
              </th>
            </tr>
          </thead>
          <tbody>
            {rungs.map(({ shift, taus, members, signal }) => (
              <tr key={shift}>
                <th scope="row" className="figures">
                  {shift === 0 ? '0' : `${shift > 0 ? '+' : '−'}${Math.abs(shift)}`}
                </th>
                <td className="figures">
                  {taus === null ? '–' : [...new Set(taus)].map((tau) => number(tau, 2)).join(' / ')}
                </td>
                <td>
                  <span className="step-dots">
                    {members.map(({ row, reward, outcome }) => (
                      <button
                        key={row}
                        type="button"
                        className="step-dot"
                        data-ok={reward === null ? 'open' : reward > 0}
                        title={`Rollout ${row + 1}: ${outcome ?? 'not finished'}`}
                        onClick={() => room.look({ row, index: 0 })}
                      >
                        {reward === null ? '·' : reward > 0 ? '✓' : '✗'}
                        <span className="unseen">
                          {' '}
                          rollout {row + 1}, {outcome ?? 'not finished'}
                        </span>
                      </button>
                    ))}
                  </span>
                </td>
                <td className="figures">
                  <Mean values={members.map(({ reward }) => reward)} />
                </td>
                <td className="figures">
                  <Mean values={members.map(({ advantage }) => advantage)} />
                </td>
                <td className="figures step-signal">
                  {signal !== null && <span className="step-signal-bar" style={{ width: `${100 * signal}%` }} />}
                  <span>{signal === null ? '–' : percent(signal)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rungs.length === 1 && (
        <p className="quiet step-note">
          All rollouts have the same temperatures. A ladder (in the controls) gives each of them its own.
        </p>
      )}
    </>
  );
}

/** The mean of what is known; a dash while any is not. */
function Mean({ values }: { readonly values: readonly (number | null)[] }) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < values.length || known.length === 0) return '–';
  return number(known.reduce((sum, value) => sum + value, 0) / known.length, 2);
}
