// Problems with answers that can be verified, as questions of a chat.

import { useState } from 'react';
import { useStore } from 'zustand';
import { domainsOf } from '../../lab/real/experiments/draft.ts';
import { IconButton } from '../kit/Button.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { ProblemSource } from './ProblemSource.tsx';
import { useReal, useRealState } from './realContext.ts';

const ALL = 'all domains';

export function ProblemChooser() {
  const room = useReal();
  const { problems: shelf } = room;
  const set = useStore(shelf, (state) => state.set);
  const posed = useRealState((state) => state.draft.posed);
  const [domain, setDomain] = useState(ALL);
  const domains = set === null ? [] : domainsOf(set);
  const chosen = domains.includes(domain) ? domain : ALL;
  const listed = set?.problems.filter((problem) => chosen === ALL || problem.domain === chosen) ?? [];
  const at = listed.findIndex(({ id }) => id === posed?.id);
  const pose = (index: number, among = listed) => {
    const problem = among[index];
    if (problem !== undefined) room.edit({ user: problem.prompt, posed: problem });
  };
  return (
    <div className="real-problems">
      <ProblemSource>
        <BareSelect
          label="Domain of the problems"
          value={chosen}
          choices={[ALL, ...domains].map((value) => ({ value, label: value }))}
          onChange={(value) => {
            setDomain(value);
            pose(
              0,
              set?.problems.filter((problem) => value === ALL || problem.domain === value),
            );
          }}
        />
        <IconButton icon="minus" label="Previous problem" disabled={at <= 0} onClick={() => pose(at - 1)} />
        <span className="figures">{at === -1 ? 'none posed' : `${at + 1} of ${listed.length}`}</span>
        <IconButton icon="plus" label="Next problem" disabled={at >= listed.length - 1} onClick={() => pose(at + 1)} />
      </ProblemSource>
      {posed !== null && (
        <details className="real-read">
          <summary>
            {posed.domain}, {posed.id}: the answer
          </summary>
          <p>
            <code>{posed.answer}</code>
          </p>
        </details>
      )}
    </div>
  );
}
