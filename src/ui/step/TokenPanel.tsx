import type { ReactNode } from 'react';
import { rolloutFacts, tokenText } from '../../lab/step/facts.ts';
import { useLooked } from './roomContext.ts';
import { TokenFacts } from './TokenFacts.tsx';
import { Why } from './Why.tsx';

/**
 * The token that is looked at: what it is, why it got its temperature, and what it could have been.
 * @param check a way to compute its numbers anew
 */
export function TokenPanel({ distribution, check }: { readonly distribution: ReactNode; readonly check?: ReactNode }) {
  const looked = useLooked();
  const { group, place, strip, isNext } = looked;
  const { rollout } = strip;
  const id = rollout.ids[place.index]!;
  const role = rolloutFacts(group, strip).roles[place.index] ?? null;
  return (
    <>
      <header className="step-token-head">
        <code className="step-big" data-hot={rollout.hot[place.index] === 1}>
          {isNext ? '?' : tokenText(group.view, id)}
        </code>
        <div>
          <h2>{isNext ? 'The next token' : `Token ${place.index + 1}`}</h2>
          <p className="quiet">
            rollout {place.row + 1}
            {isNext ? ', not drawn yet' : ''}
            {!isNext && role !== null && (
              <>
                {' · '}
                <span className="step-role" data-role={role}>
                  {role}
                </span>
              </>
            )}
          </p>
        </div>
      </header>
      <Why />
      {distribution}
      {!isNext && (
        <details className="step-numbers">
          <summary>All recorded numbers</summary>
          <TokenFacts strip={strip} row={place.row} index={place.index} />
          {check}
        </details>
      )}
    </>
  );
}
