import type { SamplerConfig } from '../../temperature/config.ts';
import { useSettings } from '../laboratoryContext.ts';
import { useLooked } from './roomContext.ts';
import { number } from './words.ts';

/** One line: entropy against threshold, and the temperature that follows. */
export function Why() {
  const { group, place, strip } = useLooked();
  const current = useSettings(({ config }) => config.sampler);
  const { rollout, takes } = strip;
  const { index } = place;
  const sampler = takes[index]?.sampler ?? (group.recorded === null ? current : null);
  // A language model's next token is not drawn before it is asked for; a small policy's is, and hidden.
  if (index >= rollout.ids.length) return <p className="step-why quiet">Its entropy will decide its temperature.</p>;
  const H = rollout.entropyNats[index]!;
  const threshold = rollout.thresholdNats[index]!;
  const isHot = rollout.hot[index] === 1;
  return (
    <p className="step-why">
      <span>
        H <b className="figures">{number(H, 3)}</b>
      </span>
      <span className="quiet">{relation(H, threshold)}</span>
      <span>
        H<sub>th</sub> <b className="figures">{Number.isNaN(threshold) ? '–' : number(threshold, 3)}</b>
      </span>
      <span className="quiet">→</span>
      <span className={isHot ? 'hot' : 'cold'}>{isHot ? '▲ hot' : '▼ cold'}</span>
      <span className="quiet">→</span>
      <span>
        τ <b className="figures">{number(rollout.tau[index]!, 2)}</b>
      </span>
      <small className="quiet">
        {sampler === null
          ? `as recorded: threshold from ${rollout.queueLength[index]} entropies`
          : reason(sampler, threshold, rollout.queueLength[index]!)}
      </small>
    </p>
  );
}

function relation(H: number, threshold: number): string {
  if (Number.isNaN(threshold)) return 'no';
  if (H === threshold) return '=';
  return H > threshold ? '>' : '<';
}

/** Which rule made the temperature, in words. */
function reason({ temperature, threshold: rule, queue }: SamplerConfig, threshold: number, inQueue: number): string {
  if (temperature.rule === 'fixed') return 'fixed temperature: the class decides nothing';
  if (temperature.rule === 'edt')
    return `EDT: τ = max(${temperature.least}, ${temperature.base} · ${temperature.n0}^(${temperature.theta}/H))`;
  if (Number.isNaN(threshold) || inQueue < Math.max(1, queue.warmup.entropies))
    return `warm-up: ${inQueue} of ${Math.max(1, queue.warmup.entropies)} entropies, taken as ${queue.warmup.use}`;
  const by = {
    quantile: 'coldFraction' in rule ? `the ${number(rule.coldFraction, 2)}-quantile` : '',
    'top-p': 'hotFraction' in rule ? `the top ${number(rule.hotFraction, 2)}` : '',
    absolute: 'a constant',
    floored:
      'coldFraction' in rule && 'floorNats' in rule
        ? `the ${number(rule.coldFraction, 2)}-quantile, at least ${rule.floorNats}`
        : '',
  }[rule.rule];
  const how = temperature.rule === 'rank' ? '; τ by rank in the queue' : '';
  return rule.rule === 'absolute'
    ? `threshold: ${by}${how}`
    : `threshold: ${by} of ${inQueue} ${inQueue === 1 ? 'entropy' : 'entropies'}${how}`;
}
