// Named starting points: configs that differ from the defaults in what a paper or its code sets. What a source does not
// give is ours, and `ours` names it.
//
//   2510.08892   multi-temperature sampling: its text, and two branches of its first author's public vLLM fork
//   2503.14476 DAPO   2507.15778 Archer   2506.01939 80/20

import { OUR_SAMPLER, type RunConfigInput } from './runConfig.ts';

export interface Preset {
  readonly title: string;
  /** One sentence: what it is. */
  readonly summary: string;
  readonly source: string;
  /** Settings that the source does not give. */
  readonly ours: string;
  /** Without task, difficulty and seed, which a preset leaves as they are. */
  readonly config: Omit<RunConfigInput, 'task' | 'difficulty' | 'seed' | 'version'>;
}

/** The authors' objective: DAPO with a dual clip of 10 (METHOD section 5). */
const AUTHORS_LOSS = { variant: 'dapo', dualClip: 10 } as const;
const AUTHORS_QUEUE = { capacity: 100_000, scope: 'run', order: 'push-first', keep: true } as const;

export const PRESETS = {
  ours: {
    title: 'Ours',
    summary: 'GRPO at T_high 1.2 and T_low 0.8, with a floor under the threshold against its drift.',
    source: 'ours',
    ours: 'all of it',
    config: {
      sampler: OUR_SAMPLER,
    },
  },
  paper: {
    title: 'Paper text',
    summary: 'Sliding quantile, entropy pushed before the threshold is taken, hot strictly above it.',
    source: '2510.08892 sections 3 and 4',
    ours: 'queue length and scope, warm-up, learning rate and batch size',
    config: {
      sampler: {
        queue: { capacity: 200, scope: 'rollout', order: 'push-first' },
        threshold: { rule: 'quantile', coldFraction: 0.6 },
        tie: 'strict',
        temperature: { rule: 'binary', high: 1.2, low: 1 },
      },
      loss: AUTHORS_LOSS,
    },
  },
  'authors-mixture': {
    title: "Authors' code, ladder",
    summary: 'Token rule 1.2 / 1.0 on the top 40 %, and a ladder of eight that shifts hot tokens only.',
    source: "the first author's public vLLM fork, first branch",
    ours: 'learning rate and batch size',
    config: {
      sampler: {
        queue: AUTHORS_QUEUE,
        threshold: { rule: 'top-p', hotFraction: 0.4 },
        tie: 'inclusive',
        temperature: { rule: 'binary', high: 1.2, low: 1 },
        ladder: { offsets: [0, 0, -0.1, 0.1, -0.2, 0.2, -0.3, 0.3], shifts: 'hot' },
      },
      loss: AUTHORS_LOSS,
    },
  },
  'authors-token': {
    title: "Authors' code, token",
    summary: 'Token rule 1.6 / 1.2 on the top 20 %.',
    source: "the first author's public vLLM fork, second branch",
    ours: 'learning rate and batch size',
    config: {
      sampler: {
        queue: AUTHORS_QUEUE,
        threshold: { rule: 'top-p', hotFraction: 0.2 },
        tie: 'inclusive',
        temperature: { rule: 'binary', high: 1.6, low: 1.2 },
      },
      loss: AUTHORS_LOSS,
    },
  },
  dapo: {
    title: 'DAPO at 1.0',
    summary: 'One temperature of 1 and the objective of DAPO.',
    source: '2503.14476',
    ours: 'learning rate and batch size',
    config: { group: 16, sampler: { temperature: { rule: 'fixed', tau: 1 } }, loss: { variant: 'dapo' } },
  },
  archer: {
    title: 'Archer',
    summary: 'One temperature of 1; clip and KL by token class.',
    source: '2507.15778',
    ours: 'learning rate and batch size',
    config: { sampler: { temperature: { rule: 'fixed', tau: 1 } }, loss: { variant: 'archer' } },
  },
  'archer-token': {
    title: 'Archer + token level',
    summary: 'Clip and KL by token class, and temperatures by token.',
    source: '2507.15778 and 2510.08892',
    ours: 'the temperatures, learning rate and batch size',
    config: {
      sampler: {
        queue: { capacity: 200, scope: 'rollout' },
        threshold: { rule: 'quantile', coldFraction: 0.6 },
        temperature: { rule: 'binary', high: 1.2, low: 1 },
      },
      loss: { variant: 'archer' },
    },
  },
  '80/20': {
    title: '80/20',
    summary: 'One temperature of 1; DAPO on the fifth of the tokens with the highest entropy.',
    source: '2506.01939',
    ours: 'learning rate and batch size',
    config: { group: 16, sampler: { temperature: { rule: 'fixed', tau: 1 } }, loss: { variant: '80/20' } },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}
