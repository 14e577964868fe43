import { useState } from 'react';
import type { DraftArm } from '../../../lab/experiments/draft.ts';
import { fieldsText } from '../../../lab/results/words.ts';
import { Button, IconButton } from '../../kit/Button.tsx';
import { ArmDialog } from './ArmDialog.tsx';

/** The arms of a draft: a name, and what differs from the base. */
export function DraftArms({
  arms,
  onChange,
}: {
  readonly arms: readonly DraftArm[];
  readonly onChange: (arms: readonly DraftArm[]) => void;
}) {
  const [edited, setEdited] = useState<number | null>(null);
  const change = (id: number, to: Partial<DraftArm>) =>
    onChange(arms.map((arm) => (arm.id === id ? { ...arm, ...to } : arm)));
  const add = () => {
    const id = Math.max(0, ...arms.map((arm) => arm.id)) + 1;
    onChange([...arms, { id, name: `arm ${arms.length + 1}`, set: {} }]);
    setEdited(id);
  };
  const arm = arms.find(({ id }) => id === edited);
  return (
    <>
      <ul className="draft-arms">
        {arms.map(({ id, name, set }, i) => (
          <li key={id}>
            <input
              className="text-field"
              aria-label={`Name of arm ${i + 1}`}
              value={name}
              maxLength={80}
              onChange={({ target }) => change(id, { name: target.value })}
            />
            <span className="quiet draft-arms-differ">{fieldsText(set) || 'as the base'}</span>
            <Button onClick={() => setEdited(id)}>
              What differs …<span className="unseen"> in {name}</span>
            </Button>
            <IconButton
              icon="close"
              label={`Leave out ${name}`}
              disabled={arms.length === 1}
              onClick={() => onChange(arms.filter((other) => other.id !== id))}
            />
          </li>
        ))}
      </ul>
      <Button icon="plus" onClick={add}>
        Add an arm
      </Button>
      {arm !== undefined && (
        <ArmDialog
          arm={arm}
          onClose={() => setEdited(null)}
          onDone={(set) => {
            change(arm.id, { set });
            setEdited(null);
          }}
        />
      )}
    </>
  );
}
