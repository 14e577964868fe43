// Rules that the arms of an experiment on a language model may draw by: those that the presets name, and the controls'.

import { PRESETS } from '../../../grpo/presets.ts';
import { OUR_SAMPLER } from '../../../grpo/runConfig.ts';
import { parseSamplerConfig, type SamplerConfig, type SamplerConfigInput } from '../../../temperature/config.ts';
import type { Settings } from '../../settings/settings.ts';
import { samplerOf } from '../../step/drawing.ts';

export interface ArmChoice {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly about: string;
  readonly sampler: SamplerConfig;
}

const { queue } = OUR_SAMPLER;
/** The authors' ladder. */
const { ladder } = PRESETS['authors-mixture'].config.sampler;

const NAMED: readonly (Omit<ArmChoice, 'sampler'> & { readonly sampler: SamplerConfigInput })[] = [
  {
    name: 'fixed 1',
    about: 'The model as it is: every token at temperature 1.',
    sampler: { temperature: { rule: 'fixed', tau: 1 } },
  },
  {
    name: 'fixed 0.6',
    about: 'Every token at temperature 0.6: likely tokens become likelier.',
    sampler: { temperature: { rule: 'fixed', tau: 0.6 } },
  },
  {
    name: 'fixed 1.2',
    about: 'Every token at temperature 1.2: unlikely tokens become likelier.',
    sampler: { temperature: { rule: 'fixed', tau: 1.2 } },
  },
  {
    name: 'fixed 0.6, top-p 0.95',
    about: 'Temperature 0.6 and the likeliest tokens up to 95 %, as evaluations of reasoning models often have it.',
    sampler: { temperature: { rule: 'fixed', tau: 0.6 }, truncation: { topP: 0.95 } },
  },
  {
    name: 'two temperatures 1.2 / 0.8',
    about:
      'The 40 % of tokens with the highest entropy at 1.2, never one below 0.1 nats; the others at 0.8. The default here.',
    sampler: OUR_SAMPLER,
  },
  {
    name: 'two temperatures 1.2 / 1',
    about:
      'The rule of arXiv 2510.08892: each rollout’s own last 200 tokens, their hottest 40 % at 1.2, the others at 1.',
    sampler: PRESETS.paper.config.sampler,
  },
  {
    name: 'two temperatures 1.6 / 1.2',
    about: 'The rule of its authors’ second branch: the hottest 20 % at 1.6, the others at 1.2.',
    sampler: PRESETS['authors-token'].config.sampler,
  },
  {
    name: 'ladder around 1',
    about: 'One temperature a rollout: the authors’ ladder of eight, from 0.7 to 1.3.',
    sampler: { temperature: { rule: 'fixed', tau: 1 }, ladder: { offsets: ladder.offsets } },
  },
  {
    name: 'two temperatures 1.2 / 1 with ladder',
    about: 'The authors’ first branch: the hottest 40 % at 1.2 shifted by a ladder of eight, the others at 1.',
    sampler: PRESETS['authors-mixture'].config.sampler,
  },
  {
    name: 'linear in rank, 0.8 to 1.2',
    about: 'The temperature rises from 0.8 to 1.2 with the rank of the entropy among the last 10,000 tokens.',
    sampler: { queue, temperature: { rule: 'rank', high: 1.2, low: 0.8 } },
  },
  {
    name: 'EDT',
    about: 'The temperature rises with the entropy from near 0 to 1, by one formula (EDT, arXiv 2403.14541).',
    sampler: { temperature: { rule: 'edt', base: 1 } },
  },
];

/** Rules by name, the plain one first. Names and rules differ from each other. */
export const NAMED_ARMS: readonly ArmChoice[] = NAMED.map(({ sampler, ...said }) => ({
  ...said,
  sampler: parseSamplerConfig(sampler, 'evaluation'),
}));

/** Those, and the controls as they are where they are none of them. */
export function armsOf(settings: Pick<Settings, 'config'>): readonly ArmChoice[] {
  const sampler = samplerOf(settings);
  const known = NAMED_ARMS.find((arm) => JSON.stringify(arm.sampler) === JSON.stringify(sampler));
  if (known !== undefined) return NAMED_ARMS;
  return [...NAMED_ARMS, { name: 'the controls', about: 'The sampler as the controls have it now.', sampler }];
}
