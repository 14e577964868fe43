// One token computed anew in float64, beside what the engine recorded.

import { useState } from 'react';
import type { TokenNumbers } from '../../lab/step/calls.ts';
import { distributionKey } from '../../lab/step/group.ts';
import type { StepPolicyRef } from '../../lab/step/policy.ts';
import { Button } from '../kit/Button.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { useLooked } from './roomContext.ts';
import { number } from './words.ts';

const ROWS = [
  ['H at τ 1', 'entropyNats'],
  ['log-prob at τ', 'logpTau'],
  ['log-prob at τ 1', 'logp1'],
] as const satisfies readonly (readonly [string, keyof TokenNumbers])[];

interface Answer {
  readonly key: string;
  readonly numbers: TokenNumbers | null;
  readonly refusal: string | null;
}

/** @param policy that sampled the tokens */
export function Oracle({ policy }: { readonly policy: StepPolicyRef }) {
  const laboratory = useLaboratory();
  const { group, branch, place, strip } = useLooked();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { index } = place;
  const { rollout } = strip;
  const take = strip.takes[index] ?? null;
  const key = `${distributionKey(group, branch, place)} ${rollout.ids[index]} ${rollout.tau[index]}`;
  const known = answer?.key === key ? answer : null;
  if (take === null) return null;
  const ask = async () => {
    setBusy(true);
    try {
      const ids = Int32Array.from([...group.posed.promptIds, ...rollout.ids.subarray(0, index + 1)]);
      const { truncation } = take.sampler;
      const wish = { policy, ids, tau: rollout.tau[index]!, truncation };
      setAnswer({ key, numbers: await laboratory.client.call('step/oracle', wish), refusal: null });
    } catch (cause) {
      setAnswer({ key, numbers: null, refusal: cause instanceof Error ? cause.message : String(cause) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="step-oracle">
      <Button disabled={isBusy} onClick={() => void ask()}>
        Recompute this token in float64
      </Button>
      {known?.refusal !== undefined && known?.refusal !== null && <p>{known.refusal}</p>}
      {known !== null && known.numbers !== null && (
        <table className="step-gate">
          <thead>
            <tr>
              <th scope="col">nats</th>
              <th scope="col">engine</th>
              <th scope="col">float64</th>
              <th scope="col">difference</th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([name, field]) => (
              <tr key={field}>
                <th scope="row">{name}</th>
                <td className="figures">{number(rollout[field][index]!, 6)}</td>
                <td className="figures">{number(known.numbers![field], 6)}</td>
                <td className="figures">
                  {(rollout[field][index]! - known.numbers![field]).toExponential(1).replaceAll('-', '−')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
