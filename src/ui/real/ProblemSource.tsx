// Where problems come from: how many are open, and which others can be.

import { type ReactNode, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { HUB_PROBLEMS } from '../../llm/problems/hub.ts';
import { Button } from '../kit/Button.tsx';
import { Menu } from '../kit/Menu.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useReal } from './realContext.ts';

/** Opens this project's own problems where none are open. @param children stand between the name and the menu */
export function ProblemSource({ children }: { readonly children?: ReactNode }) {
  const { problems: shelf } = useReal();
  const { set, opening, refusal } = useStore(shelf);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (shelf.getState().set === null) void shelf.openWritten();
  }, [shelf]);
  return (
    <>
      <div className="real-line">
        <span>{set === null ? 'Problems' : `${set.problems.length.toLocaleString('en')} ${set.name}`}</span>
        {children}
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
    </>
  );
}
