// A next-token distribution as a table, raw and tempered side by side. Every token that was not taken is a way to branch.

import { useState } from 'react';
import { tokenText } from '../../lab/step/facts.ts';
import { BareSegmented } from '../kit/Segmented.tsx';
import { useShown, useTokenRoom } from './roomContext.ts';
import { number } from './words.ts';

/** Rows before the rest is folded away. */
const FIRST_ROWS = 10;
/** Of large vocabularies only so many are listed. */
const LONGEST_LIST = 64;
const PLACES = Array.from({ length: FIRST_ROWS }, (_, rank) => rank);
const NOISES = [
  { value: 'same', label: 'same noise', detail: 'What differs follows from the choice alone: common random numbers.' },
  { value: 'fresh', label: 'fresh noise', detail: 'Later tokens are drawn with other noise.' },
] as const;
const SIGNS = { raw: '', cold: '▼ ', hot: '▲ ', drawn: '' } as const;

/** One of the distributions; lists have one entry a listed token. */
export interface TableColumn {
  readonly kind: keyof typeof SIGNS;
  readonly tau: number;
  /** Before truncation. */
  readonly p: ArrayLike<number>;
  /** Of what truncation keeps; 0 where p is not: excluded. */
  readonly kept: ArrayLike<number>;
  /** True: the token is, or will be, drawn from this one. */
  readonly isUsed: boolean;
}

export interface TableProps {
  /** Listed tokens, likeliest first; null: not known yet. */
  readonly ids: ArrayLike<number> | null;
  readonly columns: readonly TableColumn[];
  /** The token that was taken; null: none yet. */
  readonly taken: number | null;
  /** False: what is shown is of another place, and stands there until this one's is known. */
  readonly isKnown: boolean;
  /** False: nothing can grow from here. */
  readonly canBranch: boolean;
  /** About the tokens that are not listed. */
  readonly note?: string | undefined;
}

export function DistributionTable({ ids, columns, taken, isKnown, canBranch, note }: TableProps) {
  const room = useTokenRoom();
  const { group } = useShown();
  const [noise, setNoise] = useState<'same' | 'fresh'>('same');
  const [isWhole, setWhole] = useState(false);
  const shown = Array.from(ids ?? []).slice(0, isWhole ? undefined : FIRST_ROWS);
  const rest = (ids?.length ?? Math.min(LONGEST_LIST, group.view.tokens.length)) - FIRST_ROWS;
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
          {ids === null &&
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
                  disabled={id === taken || !isKnown || !canBranch}
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
                const isOut = p[rank]! > 0 && kept[rank] === 0;
                return (
                  <td key={kind} data-used={isUsed ? '' : undefined} data-out={isOut ? '' : undefined}>
                    <span
                      className={`step-share ${kind}`}
                      style={{ width: `${100 * (isOut ? p[rank]! : kept[rank]!)}%` }}
                    />
                    <span className="step-percent figures">{isOut ? 'out' : share(kept[rank]!)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {note !== undefined && <p className="quiet step-note">{note}</p>}
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

function share(p: number): string {
  return p < 0.00005 ? '0' : `${(100 * p).toFixed(p < 0.01 ? 2 : 1)} %`;
}
