// Problems with answers that can be verified, as questions of a chat.

import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { HUB_PROBLEMS } from '../../llm/problems/hub.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { Menu } from '../kit/Menu.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { useReal, useRealState } from './realContext.ts';

const ALL = 'all domains';

export function ProblemChooser() {
  const room = useReal();
  const { problems: shelf } = room;
  const { set, opening, refusal } = useStore(shelf);
  const posed = useRealState((state) => state.draft.posed);
  const [domain, setDomain] = useState(ALL);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (shelf.getState().set === null) void shelf.openWritten();
  }, [shelf]);
  const domains = [...new Set(set?.problems.map((problem) => problem.domain) ?? [])];
  const chosen = domains.includes(domain) ? domain : ALL;
  const listed = set?.problems.filter((problem) => chosen === ALL || problem.domain === chosen) ?? [];
  const at = listed.findIndex(({ id }) => id === posed?.id);
  const pose = (index: number, among = listed) => {
    const problem = among[index];
    if (problem !== undefined) room.edit({ user: problem.prompt, posed: problem });
  };
  return (
    <div className="real-problems">
      <div className="real-line">
        <span>{set === null ? 'Problems' : `${set.problems.length.toLocaleString('en')} ${set.name}`}</span>
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
        <Menu
          groups={[
            [
              { id: 'written', label: 'Problems of this project', run: () => void shelf.openWritten() },
              { id: 'file', label: 'Open a JSONL or parquet file …', run: () => input.current?.click() },
            ],
            HUB_PROBLEMS.map((one) => ({
              id: one.title,
              label: `${one.title} from the hub`,
              run: () => void shelf.openHub(one),
            })),
          ]}
        >
          <Button look="quiet" icon="more">
            Other problems
          </Button>
        </Menu>
        <input
          ref={input}
          type="file"
          accept=".jsonl,.json,.parquet"
          className="unseen"
          tabIndex={-1}
          aria-label="File of problems"
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file !== undefined) void shelf.openFile(file);
            // The same file can be chosen again.
            target.value = '';
          }}
        />
      </div>
      {opening !== null && <Progress label={`Opening ${opening}`} share={null} onCancel={shelf.cancel} />}
      {refusal !== null && <Notice tone="problem">{refusal}</Notice>}
      {set !== null && set.faults.length > 0 && (
        <p className="quiet">
          {set.faults.length} {set.faults.length === 1 ? 'row was' : 'rows were'} left out. {set.faults[0]}
        </p>
      )}
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
