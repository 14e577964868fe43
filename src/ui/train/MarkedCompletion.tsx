import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import { exactText } from '../../lab/charts/scale.ts';

const CLIP_SIDES = [
  'not clipped',
  'clipped from below',
  'clipped from above',
  'dual clip',
  'left out for its covariance',
] as const;

/** The completion with its hot tokens marked. Where a token is not one character, the text stands as it is. */
export function MarkedCompletion({ rollout }: { rollout: RolloutRecord }) {
  const characters = [...rollout.completion];
  if (characters.length !== rollout.ids.length) return <code>{rollout.completion}</code>;
  return (
    <code className="completion">
      {characters.map((character, i) => (
        <span
          // A token has no identity but its place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={i}
          className={rollout.hot[i] === 1 ? 'token-hot' : 'token-cold'}
          title={tokenText(rollout, i)}
        >
          {character === '\n' ? '↵' : character === ' ' ? '␣' : character}
        </span>
      ))}
      {!rollout.finished && <span title="cut off at the limit">…</span>}
    </code>
  );
}

/** Every number of a token, a line each. */
function tokenText(rollout: RolloutRecord, i: number): string {
  const { scored } = rollout;
  const threshold = rollout.thresholdNats[i] ?? null;
  const lines = [
    rollout.hot[i] === 1 ? '▲ hot' : '▼ cold',
    `τ ${exactText(rollout.tau[i]!)}`,
    `H ${exactText(rollout.entropyNats[i]!)} nats, H_th ${threshold === null ? 'none: the queue was empty' : `${exactText(threshold)} nats`}`,
    `log-prob at τ ${exactText(rollout.logpTau[i]!)}, at 1 ${exactText(rollout.logp1[i]!)}`,
    `role ${rollout.role[i] ?? 'not known'}`,
  ];
  if (scored !== null)
    lines.push(
      `ratio ${exactText(scored.ratio[i]!)}, ${CLIP_SIDES[scored.clipSide[i]!]}`,
      `${exactText(100 * scored.gradientShare[i]!)} % of the step's gradient coefficients`,
    );
  return lines.join('\n');
}
