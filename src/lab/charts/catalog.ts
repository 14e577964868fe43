// The charts of a training run (METHOD.md section 7), as data: which metrics, on which axis, with which words.

import { OUTCOMES } from '../../grpo/evaluationTally.ts';
import { needsReference } from '../../grpo/lossConfig.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { MetricsRow } from '../../grpo/stages.ts';
import type { Series } from './model.ts';
import type { ScaleKind } from './scale.ts';
import { COLD, HOT, type LineStyle, plainStyle, YARDSTICK } from './style.ts';
import { columnOf, type Track, trackOf } from './track.ts';

interface OneLine {
  readonly metric: string;
  readonly label: string;
  readonly style?: LineStyle;
  /** Computed from the rows instead of read. */
  readonly values?: (rows: readonly MetricsRow[], track: Track) => Float64Array;
}

/** A line for each metric whose name begins so, named by the rest; only where there is more than one. */
interface Family {
  readonly prefix: string;
  readonly label: (rest: string) => string;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** One sentence. */
  readonly help: string;
  readonly source: string;
  readonly lines: readonly (OneLine | Family)[];
  readonly scale?: ScaleKind;
  readonly atLeast?: readonly number[];
  /** Whether a run of this config has something to draw here. Default: always. */
  readonly isUseful?: (config: RunConfig) => boolean;
  /** Lines of its legend that room is kept for before there is a value. Default: 2. */
  readonly legendRows?: (config: RunConfig) => number;
}

export interface ChartGroup {
  readonly title: string;
  readonly charts: readonly ChartSpec[];
}

const SHARE = [0, 1] as const;
const FROM_ZERO = [0] as const;

/** 'τ −0.1' of '-0.1'. */
const offsetLabel = (offset: string) => `τ ${offset.replace('-', '−')}`;
const placesOf = ({ sampler }: RunConfig) => new Set(sampler.ladder.offsets).size;
const hasLadder = (config: RunConfig) => placesOf(config) > 1;
const ladderRows = (config: RunConfig) => Math.ceil(placesOf(config) / 2);
const OURS = 'Ours: no trainer logs it.';
const TRL = (names: string) => `TRL's ${names}.`;

/** Tokens of a step over its seconds; prompts are counted as the trainer counts them. */
function tokensPerSecond(rows: readonly MetricsRow[], { tokens }: Track): Float64Array {
  return Float64Array.from(rows, (row, i) => {
    const seconds = row['step_time'];
    // Of rows that begin late, the first one's tokens are not known.
    const isKnown = i > 0 || row.step === 0;
    return typeof seconds === 'number' && seconds > 0 && isKnown
      ? (tokens[i]! - (tokens[i - 1] ?? 0)) / seconds
      : Number.NaN;
  });
}

export const CHART_GROUPS: readonly ChartGroup[] = [
  {
    title: 'Learning',
    charts: [
      {
        id: 'reward',
        title: 'Reward',
        unit: 'share of rollouts, of groups',
        help: 'Mean reward of all rollouts drawn, and the share of groups with at least one right rollout (pass@G), both on training problems at the training temperatures.',
        source: TRL('reward; pass@G is ours'),
        lines: [
          { metric: 'reward', label: 'reward', style: plainStyle(0) },
          { metric: 'pass@G', label: 'pass@G', style: plainStyle(2) },
        ],
        atLeast: SHARE,
      },
      {
        id: 'reward-by-tau',
        title: 'Reward by temperature',
        unit: 'mean, by place on the ladder',
        help: 'Mean reward of the rollouts at each place of the ladder: what heat costs or brings.',
        source: OURS,
        lines: [{ prefix: 'reward/tau/', label: offsetLabel }],
        isUseful: hasLadder,
        legendRows: ladderRows,
        atLeast: SHARE,
      },
      {
        id: 'signal-by-tau',
        title: 'Signal by temperature',
        unit: 'share of Σ|A|',
        help: 'Which temperatures of the ladder the gradient hears: each one’s share of the sum of |advantage|.',
        source: OURS,
        lines: [{ prefix: 'signal/tau/', label: offsetLabel }],
        isUseful: hasLadder,
        legendRows: ladderRows,
        atLeast: FROM_ZERO,
      },
      {
        id: 'dead-groups',
        title: 'Dead groups',
        unit: 'share of groups',
        help: 'Groups whose rollouts are all right or all wrong teach nothing; expected: the chance of that if each group were drawn again.',
        source: `${TRL('frac_reward_zero_std')} The expectation is ours: p^G + (1 − p)^G under Jeffreys’ prior.`,
        lines: [
          { metric: 'dead_groups/observed', label: 'observed', style: plainStyle(1) },
          { metric: 'dead_groups/expected', label: 'expected', style: YARDSTICK },
        ],
        atLeast: SHARE,
      },
    ],
  },
  {
    title: 'Entropy and the gate',
    charts: [
      {
        id: 'entropy',
        title: 'Entropy',
        unit: 'nats a token, at τ = 1',
        help: 'Mean entropy of all, hot and cold tokens, from the raw distribution, with the threshold that parted them.',
        source: `${TRL('entropy')} Hot, cold and the threshold: arXiv 2510.08892.`,
        lines: [
          { metric: 'entropy', label: 'mean', style: plainStyle(0) },
          { metric: 'entropy/hot', label: 'hot', style: HOT },
          { metric: 'entropy/cold', label: 'cold', style: COLD },
          { metric: 'threshold', label: 'threshold', style: YARDSTICK },
        ],
        atLeast: FROM_ZERO,
      },
      {
        id: 'entropy-by-role',
        title: 'Entropy by true role',
        unit: 'nats a token, at τ = 1',
        help: 'Mean entropy where the task knows that several continuations are right (fork), only one is (knowledge), or the notation decides (format).',
        source: OURS,
        lines: [
          { metric: 'entropy/role/fork', label: 'fork', style: plainStyle(3) },
          { metric: 'entropy/role/knowledge', label: 'knowledge', style: plainStyle(2) },
          { metric: 'entropy/role/format', label: 'format', style: plainStyle(6) },
        ],
        atLeast: FROM_ZERO,
      },
      {
        id: 'gate',
        title: 'Gate',
        unit: 'share of tokens',
        help: 'Share of tokens that were hot; precision: hot tokens that are true forks; recall: true forks that were hot.',
        source: OURS,
        lines: [
          { metric: 'hot_fraction', label: 'hot', style: HOT },
          { metric: 'gate/precision', label: 'precision', style: plainStyle(3) },
          { metric: 'gate/recall', label: 'recall', style: plainStyle(2) },
        ],
        atLeast: SHARE,
      },
      {
        id: 'temperature',
        title: 'Temperatures in force',
        unit: 'τ',
        help: 'What the schedules and the sliders set the sampler to, before the ladder.',
        source: OURS,
        lines: [
          { metric: 'temperature/high', label: 'T_high', style: HOT },
          { metric: 'temperature/low', label: 'T_low', style: COLD },
          { metric: 'temperature/tau', label: 'τ', style: plainStyle(0) },
        ],
      },
    ],
  },
  {
    title: 'Completions',
    charts: [
      {
        id: 'length',
        title: 'Length',
        unit: 'tokens a completion',
        help: 'Mean length of the completions, the stop token included.',
        source: TRL('completions/mean_length'),
        lines: [{ metric: 'completions/mean_length', label: 'mean', style: plainStyle(0) }],
        atLeast: FROM_ZERO,
      },
      {
        id: 'repetition',
        title: 'Repetition and cuts',
        unit: 'share',
        help: 'Share of 4-token runs that a completion has had before, and share of completions that were cut off at the limit.',
        source: `${TRL('completions/clipped_ratio')} Repetition is ours.`,
        lines: [
          { metric: 'repetition', label: 'repeated', style: plainStyle(5) },
          { metric: 'completions/clipped_ratio', label: 'cut off', style: plainStyle(1) },
        ],
        atLeast: FROM_ZERO,
      },
      {
        id: 'outcomes',
        title: 'Outcomes',
        unit: 'share of rollouts',
        help: 'Why rollouts got their reward, as the task’s verifier names it.',
        source: OURS,
        lines: [{ prefix: 'outcomes/', label: (outcome) => outcome }],
        // Their names are long.
        legendRows: () => OUTCOMES.length - 2,
        atLeast: FROM_ZERO,
      },
      {
        id: 'distinct',
        title: 'Distinct answers',
        unit: 'completions a group',
        help: 'How many different completions a group holds, on average; falling to 1, the policy has one plan left.',
        source: OURS,
        lines: [{ metric: 'distinct_answers', label: 'distinct', style: plainStyle(0) }],
        atLeast: FROM_ZERO,
      },
    ],
  },
  {
    title: 'Update',
    charts: [
      {
        id: 'clip',
        title: 'Clipped',
        unit: 'share of tokens',
        help: 'Tokens whose ratio left the clip range, below it, above it, and either; 0 where each rollout is used once.',
        source: TRL('clip_ratio/low_mean, high_mean, region_mean'),
        lines: [
          { metric: 'clip_ratio/low_mean', label: 'low', style: plainStyle(0) },
          { metric: 'clip_ratio/high_mean', label: 'high', style: plainStyle(1) },
          { metric: 'clip_ratio/region_mean', label: 'either', style: YARDSTICK },
        ],
        atLeast: FROM_ZERO,
      },
      {
        id: 'grad-norm',
        title: 'Gradient norm',
        unit: 'before clipping',
        help: 'Global norm of the gradient, the mean over the step’s updates.',
        source: TRL('grad_norm'),
        lines: [{ metric: 'grad_norm', label: 'norm', style: plainStyle(3) }],
        atLeast: FROM_ZERO,
      },
      {
        id: 'kl',
        title: 'KL from the base',
        unit: 'nats a token (k3)',
        help: 'How far the policy has moved from where the run began; measured only where the loss has a KL term.',
        source: TRL('kl'),
        lines: [{ metric: 'kl', label: 'KL', style: plainStyle(4) }],
        isUseful: ({ loss }) => needsReference(loss),
        atLeast: FROM_ZERO,
      },
      {
        id: 'audit',
        title: 'Temperature audit',
        unit: '|Δ log-prob|, nats',
        help: 'The trainer’s log-prob of each sampled token against the number that the sampler recorded: about 10⁻⁶ where both use one temperature, large in every mismatched mode.',
        source: TRL('sampling/sampling_logp_difference'),
        scale: 'log',
        lines: [
          { metric: 'sampling/sampling_logp_difference/mean', label: 'mean', style: plainStyle(0) },
          { metric: 'sampling/sampling_logp_difference/max', label: 'largest', style: plainStyle(1) },
        ],
      },
    ],
  },
  {
    title: 'Cost',
    charts: [
      {
        id: 'time',
        title: 'Time per stage',
        unit: 'seconds a step',
        help: 'How long drawing rollouts, scoring them and updating the weights took.',
        source: `${TRL('step_time')} The stages are ours.`,
        lines: [
          { metric: 'time/collect', label: 'collect', style: plainStyle(0) },
          { metric: 'time/score', label: 'score', style: plainStyle(2) },
          { metric: 'time/update', label: 'update', style: plainStyle(1) },
          { metric: 'step_time', label: 'step', style: YARDSTICK },
        ],
        atLeast: FROM_ZERO,
      },
      {
        id: 'speed',
        title: 'Speed',
        unit: 'tokens a second, whole steps',
        help: 'Tokens of a step over all of its time, scoring and update included.',
        source: OURS,
        lines: [{ metric: 'speed', label: 'tokens/s', style: plainStyle(7), values: tokensPerSecond }],
        atLeast: FROM_ZERO,
      },
      {
        id: 'rate',
        title: 'Learning rate',
        unit: '',
        help: 'AdamW’s learning rate in force, warm-up included.',
        source: TRL('learning_rate'),
        lines: [{ metric: 'learning_rate', label: 'rate', style: plainStyle(4) }],
        atLeast: FROM_ZERO,
      },
    ],
  },
];

/** The lines of a chart over these rows. Lines without any value are left out. */
export function seriesOf(
  { lines }: ChartSpec,
  rows: readonly MetricsRow[],
  names: readonly string[],
  track: Track = trackOf(rows),
): Series[] {
  return lines.flatMap((line) => {
    if (!('prefix' in line)) {
      const values = line.values?.(rows, track) ?? columnOf(rows, line.metric);
      const style = line.style ?? plainStyle(0);
      return [{ key: line.metric, label: line.label, style, track, values }].filter(hasValue);
    }
    const members = names.filter((name) => name.startsWith(line.prefix));
    const series = members.map((metric, i) => ({
      key: metric,
      label: line.label(metric.slice(line.prefix.length)),
      style: plainStyle(i),
      track,
      values: columnOf(rows, metric),
    }));
    return series.length > 1 ? series : [];
  });
}

const hasValue = ({ values }: { values: Float64Array }) => values.some((value) => !Number.isNaN(value));
