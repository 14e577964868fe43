// Rollout records as files: save the group, open one.

import { useRef } from 'react';
import { isOutdated } from '../../lab/step/drawing.ts';
import { recordFile } from '../../lab/step/files.ts';
import { branchRecords } from '../../lab/step/records.ts';
import { IconButton } from '../kit/Button.tsx';
import { Menu } from '../kit/Menu.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { useRoom, useShown } from './roomContext.ts';
import { useScore } from './useScore.ts';

export function RecordMenu() {
  const room = useRoom();
  const { settings } = useLaboratory();
  const { group, branch } = useShown();
  const { score } = useScore();
  const input = useRef<HTMLInputElement>(null);
  const save = () => {
    const now = settings.getState().settings;
    if (group.recorded === null && isOutdated(now, branch)) return;
    const records = score?.rollouts ?? branchRecords(group, branch, now.config);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([recordFile(records)], { type: 'application/jsonl' }));
    link.download = `rollouts-${group.posed.title.toLowerCase().replaceAll(/\W+/g, '-')}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
  };
  return (
    <>
      <Menu
        groups={[
          [
            { id: 'save', label: 'Save this group as rollouts.jsonl', run: save },
            { id: 'open', label: 'Open a rollout record …', run: () => input.current?.click() },
          ],
        ]}
      >
        <IconButton icon="more" label="Rollout records" />
      </Menu>
      <input
        ref={input}
        type="file"
        accept=".jsonl,.json,application/jsonl"
        className="unseen"
        tabIndex={-1}
        aria-label="Rollout record"
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file can be chosen again.
          if (file !== undefined)
            void file.arrayBuffer().then((bytes) => room.openFile(file.name, new Uint8Array(bytes)));
          target.value = '';
        }}
      />
    </>
  );
}
