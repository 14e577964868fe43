// The rollouts of a step, group by group: what was asked, what was answered at which temperature, and what it earned.

import { useEffect, useMemo, useState } from 'react';
import { byGroup, correctOf } from '../../grpo/metrics.ts';
import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { MarkedCompletion } from './MarkedCompletion.tsx';
import { useRun, useTrain, useTrainState } from './trainContext.ts';

const signed = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`;
const mean = (values: readonly number[]) =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
const text = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));

export function Rollouts() {
  const train = useTrain();
  const steps = useRun((run) => run.step);
  const looked = useTrainState((state) => state.looked);
  const [isFollowing, setIsFollowing] = useState(true);
  const last = steps - 1;
  const shown = looked?.step ?? null;
  useEffect(() => {
    if (last >= 0 && (isFollowing || shown === null) && shown !== last) void train.look(last);
  }, [train, last, isFollowing, shown]);

  if (last < 0) return <p className="quiet">The rollouts of the last finished step will stand here.</p>;
  const go = (step: number) => {
    setIsFollowing(step >= last);
    void train.look(Math.min(last, Math.max(0, step)));
  };
  const at = shown ?? last;
  return (
    <section aria-label="Rollouts">
      <div className="rollouts-head">
        <IconButton icon="minus" label="The step before" disabled={at <= 0} onClick={() => go(at - 1)} />
        <output className="figures">
          Rollouts of step {at}
          {isFollowing ? ', the last' : ` of ${last}`}
        </output>
        <IconButton icon="plus" label="The step after" disabled={at >= last} onClick={() => go(at + 1)} />
        <Button disabled={isFollowing} onClick={() => go(last)}>
          Follow the last
        </Button>
      </div>
      {looked !== null &&
        (looked.records === null ? (
          <p className="quiet">
            The rollouts of this step were dropped, to keep the run within its room in the storage.
          </p>
        ) : (
          <Groups records={looked.records} />
        ))}
    </section>
  );
}

function Groups({ records }: { records: readonly RolloutRecord[] }) {
  const groups = useMemo(() => byGroup(records), [records]);
  const [chosen, setChosen] = useState(0);
  const index = Math.min(chosen, groups.length - 1);
  const members = groups[index];
  if (members === undefined) return <p className="quiet">No rollouts.</p>;
  return (
    <>
      <BareSelect
        label="Group"
        value={String(index)}
        choices={groups.map((group, i) => ({
          value: String(i),
          label: `${i + 1}: ${visible(group[0]!.prompt)} ${correctOf(group)} of ${group.length} right`,
        }))}
        onChange={(value) => setChosen(Number(value))}
      />
      <Group members={members} />
    </>
  );
}

function Group({ members }: { members: readonly RolloutRecord[] }) {
  const isLadder = new Set(members.map(({ ladderOffset }) => ladderOffset)).size > 1;
  return (
    <div className="wide-table">
      <table className="plain-table rollouts">
        <caption>
          Prompt <code>{visible(members[0]!.prompt)}</code> · <span className="hot">▲ hot</span> tokens stand raised and
          underlined, <span className="cold">▼ cold</span> ones plain; point at a token for its numbers.
        </caption>
        <thead>
          <tr>
            {isLadder && <th scope="col">ladder</th>}
            <th scope="col">completion</th>
            <th scope="col">mean τ</th>
            <th scope="col">reward</th>
            <th scope="col">advantage</th>
            <th scope="col">outcome</th>
            <th scope="col">mean ratio</th>
            <th scope="col">gradient</th>
          </tr>
        </thead>
        <tbody>
          {members.map((rollout) => {
            const { scored } = rollout;
            const share = scored?.gradientShare.reduce((sum, value) => sum + value, 0) ?? Number.NaN;
            return (
              <tr key={rollout.member}>
                {isLadder && <td>{signed(rollout.ladderOffset)}</td>}
                <td>
                  <MarkedCompletion rollout={rollout} />
                </td>
                <td>{text(mean(rollout.tau), 2)}</td>
                <td>{rollout.reward.toFixed(2)}</td>
                <td>{scored === null ? '–' : signed(scored.advantage)}</td>
                <td>{rollout.outcome === 'ok' ? '✓ right' : rollout.outcome}</td>
                <td>{text(mean(scored?.ratio ?? []), 3)}</td>
                <td>{Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** White space as signs. */
export function visible(prompt: string): string {
  return prompt.replaceAll(' ', '␣').replaceAll('\n', '↵');
}
