import { useState } from 'react';
import type { PolicyRef } from '../../lab/engine/policyRef.ts';
import { samePolicy } from '../../lab/engine/policyRef.ts';
import { contestant, type Plan } from '../../lab/evaluate/store.ts';
import { policyName } from '../../lab/policies/store.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { PolicyChooser } from '../policies/PolicyChooser.tsx';

/** Which policies are measured. */
export function PlanRows({
  plan,
  task,
  change,
  isRunning,
}: {
  readonly plan: Plan;
  readonly task: string;
  readonly change: (change: Partial<Plan>) => void;
  readonly isRunning: boolean;
}) {
  const { shelf } = useLaboratory();
  const [wish, setWish] = useState<PolicyRef | null>(null);
  const { rows } = plan;
  const toAdd = wish ?? { kind: 'base', task };
  const isThere = rows.some(({ policy }) => samePolicy(policy, toAdd));
  const add = () => {
    const name = policyName(toAdd, shelf.getState().choices);
    if (name !== null) change({ rows: [...rows, contestant(toAdd, task, name)] });
  };
  return (
    <fieldset className="plan-columns" disabled={isRunning}>
      <legend>policies</legend>
      {rows.map((row) => (
        <span className="chip" key={JSON.stringify(row.policy)}>
          {row.name}
          <IconButton
            icon="close"
            label={`Leave out ${row.name}`}
            disabled={rows.length === 1}
            onClick={() => change({ rows: rows.filter((known) => known !== row) })}
          />
        </span>
      ))}
      <span className="chip chip-new">
        <PolicyChooser
          label="policy to add"
          isLabelSeen={false}
          task={task}
          value={toAdd}
          onChange={setWish}
          disabled={isRunning}
        />
        <Button look="quiet" disabled={isThere} onClick={add}>
          Add
        </Button>
      </span>
    </fieldset>
  );
}
