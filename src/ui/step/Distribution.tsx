// The next-token distribution of a small policy at the place that is looked at.

import { useMemo } from 'react';
import { distributionColumns } from '../../lab/step/columns.ts';
import { distributionKey } from '../../lab/step/group.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import { useSettings } from '../laboratoryContext.ts';
import { DistributionTable } from './DistributionTable.tsx';
import { useLooked, useStep } from './roomContext.ts';
import { number } from './words.ts';

export function Distribution() {
  const { group, branch, place, strip, isNext } = useLooked();
  const known = useStep((state) => state.distribution);
  const current = useSettings(({ config }) => config.sampler);
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
  const order = useMemo(
    () => (logp1 === null ? null : Array.from(logp1.keys()).sort((a, b) => logp1[b]! - logp1[a]! || a - b)),
    [logp1],
  );
  const columns = useMemo(
    () =>
      logp1 === null || order === null
        ? []
        : distributionColumns(logp1, sampler, row, tau, isHot).map(({ p, kept, ...column }) => ({
            ...column,
            p: order.map((id) => p[id]!),
            kept: order.map((id) => kept[id]!),
          })),
    [logp1, order, sampler, row, tau, isHot],
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
  return (
    <DistributionTable
      ids={order}
      columns={columns}
      taken={isNext ? null : rollout.ids[index]!}
      isKnown={isKnown}
      canBranch={group.recorded === null}
    />
  );
}

/** Log-probs of one policy on two machines differ by less. */
const SAME_POLICY_NATS = 0.01;

/** What this policy says of the token, where that is not what was recorded; else null. */
function misfitOf(logp1: Float32Array, id: number, recorded: number): number | null {
  const own = logp1[id] ?? Number.NEGATIVE_INFINITY;
  return Math.abs(own - recorded) > SAME_POLICY_NATS ? own : null;
}
