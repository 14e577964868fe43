import { useState } from 'react';
import { type Column, columnName, type Plan } from '../../lab/evaluate/store.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { NumberField } from '../kit/NumberField.tsx';

const LARGEST_TAU = 10;
const MOST_SAMPLES = 256;
const MOST_PROMPTS = 1024;

const clampWhole = (value: number, most: number) => Math.min(most, Math.max(1, Math.round(value)));

/** What is measured: temperatures, rollouts a prompt, prompts, seed. */
export function PlanControls({
  plan,
  change,
  isRunning,
}: {
  readonly plan: Plan;
  readonly change: (change: Partial<Plan>) => void;
  readonly isRunning: boolean;
}) {
  const [tau, setTau] = useState(1.2);
  const has = (column: Column) => plan.columns.some((known) => columnName(known) === columnName(column));
  const toAdd: Column = { kind: 'tau', tau };
  const without = (column: Column) => plan.columns.filter((known) => known !== column);
  return (
    <div className="plan">
      <fieldset className="plan-columns" disabled={isRunning}>
        <legend>evaluation temperatures</legend>
        {plan.columns.map((column) => (
          <span className="chip" key={columnName(column)}>
            {columnName(column)}
            <IconButton
              icon="close"
              label={`Leave out ${columnName(column)}`}
              onClick={() => change({ columns: without(column) })}
            />
          </span>
        ))}
        <span className="chip chip-new">
          τ{' '}
          <NumberField
            label="temperature to add"
            value={tau}
            step={0.1}
            onChange={(value) => setTau(Math.min(LARGEST_TAU, Math.max(0, value)))}
          />
          <Button look="quiet" disabled={has(toAdd)} onClick={() => change({ columns: [...plan.columns, toAdd] })}>
            Add
          </Button>
        </span>
        {!has({ kind: 'rule' }) && (
          <Button look="quiet" onClick={() => change({ columns: [...plan.columns, { kind: 'rule' }] })}>
            Add the training rule
          </Button>
        )}
      </fieldset>
      <div className="plan-counts">
        <LabelledNumber
          label="n, rollouts a prompt"
          value={plan.n}
          onChange={(n) => change({ n: clampWhole(n, MOST_SAMPLES) })}
        />
        <LabelledNumber
          label="prompts"
          value={plan.prompts}
          onChange={(prompts) => change({ prompts: clampWhole(prompts, MOST_PROMPTS) })}
        />
        <LabelledNumber
          label="seed"
          value={plan.seed}
          onChange={(seed) => change({ seed: Math.max(0, Math.round(seed)) })}
        />
        <LabelledNumber
          label="top-p of fixed τ"
          value={plan.topP}
          step={0.05}
          onChange={(topP) => change({ topP: Math.min(1, Math.max(0.05, topP)) })}
        />
      </div>
    </div>
  );
}

function LabelledNumber({
  label,
  value,
  step = 1,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly step?: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <span className="labelled-number">
      <span aria-hidden="true">{label}</span>
      <NumberField label={label} value={value} step={step} onChange={onChange} />
    </span>
  );
}
