import { useStore } from 'zustand';
import type { StepPolicyRef } from '../../lab/step/policy.ts';
import { useLaboratory, useSettings } from '../laboratoryContext.ts';
import { type ExtraPolicy, PolicyChooser } from '../policies/PolicyChooser.tsx';
import { useRoom, useStep } from './roomContext.ts';

type Live = Extract<StepPolicyRef, { kind: 'live' }>;

const LIVE: readonly ExtraPolicy<Live>[] = [{ ref: { kind: 'live' }, label: 'the policy in training, as it is now' }];

/** Whose tokens are sampled. */
export function StepPolicy() {
  const room = useRoom();
  const { train } = useLaboratory();
  const task = useSettings(({ config }) => config.task);
  const policy = useStep((state) => state.policy);
  const isTrained = useStore(train, ({ run }) => run?.config.task === task);
  return (
    <PolicyChooser<Live>
      label="policy"
      task={task}
      value={policy}
      extras={isTrained || policy.kind === 'live' ? LIVE : []}
      onChange={room.choosePolicy}
    />
  );
}
