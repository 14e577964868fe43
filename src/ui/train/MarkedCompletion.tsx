import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import { exactText } from '../../lab/charts/scale.ts';
import './markedCompletion.css';

const CLIP_SIDES = [
  'not clipped',
  'clipped from below',
  'clipped from above',
  'dual clip',
  'left out for its covariance',
] as const;

/**
 * The completion with its hot tokens marked.
 * @param pieces the text of each token; default: a token is a character, and where that is not so the text stands as it is
 */
export function MarkedCompletion({
  rollout,
  pieces = [...rollout.completion],
}: {
  readonly rollout: RolloutRecord;
  readonly pieces?: readonly string[];
}) {
  if (pieces.length !== rollout.ids.length) return <code>{rollout.completion}</code>;
  return (
    <code className="completion">
      {pieces.map((piece, i) => (
        <span
          // A token has no identity but its place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={i}
          className={rollout.hot[i] === 1 ? 'token-hot' : 'token-cold'}
          title={tokenText(rollout, i)}
        >
          {shown(piece)}
        </span>
      ))}
      {!rollout.finished && <span title="cut off at the limit">…</span>}
    </code>
  );
}

/** White space that is a token of its own by a sign; lines still end where they do. */
const shown = (piece: string) => (piece === ' ' ? '␣' : piece.replaceAll('\n', '↵\n'));

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
