// The likeliest tokens of a language model at the place that is looked at.

import { useMemo } from 'react';
import { distributionKey } from '../../lab/step/group.ts';
import { DistributionTable } from '../step/DistributionTable.tsx';
import { useLooked } from '../step/roomContext.ts';
import { number } from '../step/words.ts';
import { useRealState } from './realContext.ts';

export function AlternativeTokens() {
  const { group, branch, place, strip, isNext } = useLooked();
  const known = useRealState((state) => state.alternatives);
  const { rollout } = strip;
  const { row, index } = place;
  const isKnown = known?.key.startsWith(`${distributionKey(group, branch, place)} ${row} `) === true;
  const found = known?.found ?? null;
  const tau = rollout.tau[index];
  const isHot = rollout.hot[index] === 1;
  const columns = useMemo(
    () =>
      (found?.columns ?? []).map(({ kind, ...column }) => ({
        ...column,
        kind,
        isUsed:
          tau !== undefined &&
          Math.abs(column.tau - tau) < 1e-6 &&
          (kind === 'drawn' || kind === (isHot ? 'hot' : 'cold')),
      })),
    [found, tau, isHot],
  );
  if (isKnown && known.refusal !== null)
    return <p className="quiet step-distribution">There is no distribution here: {known.refusal}</p>;
  const rest = found?.columns[0]?.restP;
  return (
    <DistributionTable
      ids={found?.ids ?? null}
      columns={columns}
      taken={isNext ? null : rollout.ids[index]!}
      isKnown={isKnown}
      canBranch
      note={
        found === null || rest === undefined || found.ids.length >= group.view.tokens.length
          ? undefined
          : `All ${(group.view.tokens.length - found.ids.length).toLocaleString('en')} other tokens together: ${number(100 * rest, 2)} % at τ 1. Entropy here: ${number(found.entropyNats, 3)} nats.`
      }
    />
  );
}
