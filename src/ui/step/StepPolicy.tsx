import { useStore } from 'zustand';
import type { StepPolicyRef } from '../../lab/step/policy.ts';
import { useLaboratory, useSettings } from '../laboratoryContext.ts';
import { type ExtraPolicy, PolicyChooser } from '../policies/PolicyChooser.tsx';

type Live = Extract<StepPolicyRef, { kind: 'live' }>;

const LIVE: readonly ExtraPolicy<Live>[] = [{ ref: { kind: 'live' }, label: 'the policy in training, as it is now' }];

/** A policy of the task that is set, stored or in training. */
export function StepPolicy({
  value,
  onChange,
}: {
  readonly value: StepPolicyRef;
  readonly onChange: (policy: StepPolicyRef) => void;
}) {
  const { train } = useLaboratory();
  const task = useSettings(({ config }) => config.task);
  const isTrained = useStore(train, ({ run }) => run?.config.task === task);
  return (
    <PolicyChooser<Live>
      label="policy"
      task={task}
      value={value}
      extras={isTrained || value.kind === 'live' ? LIVE : []}
      onChange={onChange}
    />
  );
}
