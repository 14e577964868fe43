// The next-token distribution, raw and tempered side by side. Every token that was not taken is a way to branch.

import { useMemo, useState } from 'react';
import { distributionColumns } from '../../lab/step/columns.ts';
import { tokenText } from '../../lab/step/facts.ts';
import { distributionKey } from '../../lab/step/group.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import { BareSegmented } from '../kit/Segmented.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { useLooked, useRoom, useStep } from './roomContext.ts';
import { number } from './words.ts';

/** Rows before the rest is folded away. */
const FIRST_ROWS = 10;
const PLACES = Array.from({ length: FIRST_ROWS }, (_, rank) => rank);
const NOISES = [
  { value: 'same', label: 'same noise', detail: 'What differs follows from the choice alone: common random numbers.' },
  { value: 'fresh', label: 'fresh noise', detail: 'Later tokens are drawn with other noise.' },
] as const;
const SIGNS = { raw: '', cold: '▼ ', hot: '▲ ', drawn: '' } as const;

export function Distribution() {
  const room = useRoom();
  const { group, branch, place, strip, isNext } = useLooked();
  const known = useStep((state) => state.distribution);
  const current = useSettings(({ config }) => config.sampler);
  const [noise, setNoise] = useState<'same' | 'fresh'>('same');
  const [isWhole, setWhole] = useState(false);
  const { rollout, takes } = strip;
  const { row, index } = place;
  const isKnown = known?.key === distributionKey(group, branch, place);
  const take = takes[index] ?? null;
  const tau = rollout.tau[index]!;
  const isHot = rollout.hot[index] === 1;
  // Until the new one is there, the old one stands in its place, greyed: nothing jumps.
  const logp1 = known?.next?.logp1 ?? null;
  // A record tells the temperature of a token, but not the rule that chose it.
  const sampler = useMemo(
    () =>
      take?.sampler ??
      (group.recorded === null ? current : parseSamplerConfig({ temperature: { rule: 'fixed', tau } })),
    [take, group.recorded, current, tau],
  );
  const columns = useMemo(
    () => (logp1 === null ? [] : distributionColumns(logp1, sampler, row, tau, isHot)),
    [logp1, sampler, row, tau, isHot],
  );
  const order = useMemo(
    () => (logp1 === null ? [] : Array.from(logp1.keys()).sort((a, b) => logp1[b]! - logp1[a]! || a - b)),
    [logp1],
  );
  const misfit =
    isKnown && !isNext && logp1 !== null ? misfitOf(logp1, rollout.ids[index]!, rollout.logp1[index]!) : null;
  if (isKnown && known.refusal !== null)
    return <p className="quiet step-distribution">There is no distribution here: {known.refusal}</p>;
  if (group.recorded !== null && (group.posed.task === null || group.view.special.length === 0))
    return (
      <p className="quiet step-distribution">
        There is no distribution here: the record is of the task {group.posed.title}, and no policy of this page reads
        it.
      </p>
    );
  if (group.recorded !== null && misfit !== null)
    return (
      <p className="quiet step-distribution">
        There is no distribution here: another policy sampled this record. Its log-prob of this token at τ 1 is{' '}
        {number(rollout.logp1[index]!, 4)}, the base policy's is {number(misfit, 4)}.
      </p>
    );
  const isFixed = group.recorded !== null;
  const taken = isNext ? null : rollout.ids[index]!;
  const shown = isWhole ? order : order.slice(0, FIRST_ROWS);
  const rest = group.view.tokens.length - FIRST_ROWS;
  return (
    <div className="step-distribution" data-late={isKnown ? undefined : ''}>
      <table>
        <caption className="unseen">Next-token distribution, raw and at each temperature</caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            {columns.map((column) => (
              <th scope="col" key={column.kind} data-used={column.isUsed ? '' : undefined} className={column.kind}>
                {column.kind === 'raw' ? 'raw, τ 1' : `${SIGNS[column.kind]}τ ${number(column.tau, 2)}`}
                {column.isUsed && <span className="unseen"> (drawn from this one)</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {logp1 === null &&
            PLACES.map((rank) => (
              <tr key={rank}>
                <td />
                <td />
              </tr>
            ))}
          {shown.map((id, rank) => (
            // A row is a rank: whatever token comes to stand in it, it stays where it is.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={rank} data-taken={id === taken ? '' : undefined}>
              <th scope="row">
                <button
                  type="button"
                  className="step-choice"
                  disabled={id === taken || !isKnown || isFixed}
                  title={
                    id === taken
                      ? 'This token was taken'
                      : `Take ${tokenText(group.view, id)} here instead, and go on from there`
                  }
                  onClick={() => void room.branch(id, noise)}
                >
                  <code data-long={tokenText(group.view, id).length > 1 ? '' : undefined}>
                    {tokenText(group.view, id)}
                  </code>
                  <span aria-hidden="true">{id === taken ? '●' : '↳'}</span>
                  <span className="unseen">{id === taken ? 'taken' : 'branch here'}</span>
                </button>
              </th>
              {columns.map(({ kind, p, kept, isUsed }) => {
                const isOut = p[id]! > 0 && kept[id] === 0;
                return (
                  <td key={kind} data-used={isUsed ? '' : undefined} data-out={isOut ? '' : undefined}>
                    <span
                      className={`step-share ${kind}`}
                      style={{ width: `${100 * (isOut ? p[id]! : kept[id]!)}%` }}
                    />
                    <span className="step-percent figures">{isOut ? 'out' : share(kept[id]!)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="step-distribution-foot">
        <span className="quiet">Click a token to branch with</span>
        <BareSegmented label="Noise of a branch" value={noise} choices={NOISES} onChange={setNoise} />
        {rest > 0 && (
          <button
            type="button"
            className="button"
            data-look="quiet"
            onClick={() => setWhole(!isWhole)}
            aria-expanded={isWhole}
          >
            {isWhole ? 'Fewer' : `${rest} more`}
          </button>
        )}
      </div>
    </div>
  );
}

/** Log-probs of one policy on two machines differ by less. */
const SAME_POLICY_NATS = 0.01;

/** What this policy says of the token, where that is not what was recorded; else null. */
function misfitOf(logp1: Float32Array, id: number, recorded: number): number | null {
  const own = logp1[id] ?? Number.NEGATIVE_INFINITY;
  return Math.abs(own - recorded) > SAME_POLICY_NATS ? own : null;
}

function share(p: number): string {
  return p < 0.00005 ? '0' : `${(100 * p).toFixed(p < 0.01 ? 2 : 1)} %`;
}
