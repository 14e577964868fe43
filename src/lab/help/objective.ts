// Help for the objective of an update and for where the temperature enters it.

import type { HelpTable } from './entry.ts';

export const objectiveHelp = {
  'loss.variant': {
    label: 'Variant',
    help: 'Which policy-gradient loss the update minimises; each variant sets the fields below, and any may be changed.',
    source: '2402.03300 and those named with each variant',
    options: {
      grpo: { label: 'GRPO', help: 'Clipped ratios, advantages within the group (2402.03300).' },
      dapo: { label: 'DAPO', help: 'A wider upper clip, token mean, resampled groups (2503.14476).' },
      'dr-grpo': { label: 'Dr. GRPO', help: 'Without division by length and standard deviation (2503.20783).' },
      gspo: { label: 'GSPO', help: 'One ratio per response (2507.18071).' },
      cispo: { label: 'CISPO', help: 'Clipped weights that carry no gradient (2506.13585).' },
      '80/20': { label: '80/20', help: 'DAPO on the tokens of highest entropy only (2506.01939).' },
      archer: { label: 'Archer', help: 'Clip and KL by token class (2507.15778).' },
      'clip-cov': { label: 'Clip-Cov', help: 'A few tokens of high covariance get no gradient (2505.22617).' },
      'kl-cov': { label: 'KL-Cov', help: 'Tokens of the highest covariance pay a KL penalty (2505.22617).' },
    },
  },
  'loss.advantageScale': {
    label: 'Advantage',
    help: 'Whether rewards are only centred within the group or also divided by its standard deviation.',
    source: '2402.03300; 2503.20783 leaves the division out',
    options: { std: { label: '(R − mean) / std' }, none: { label: 'R − mean' } },
  },
  'loss.generationBatches': {
    label: 'Batches to fill a step',
    help: 'How many batches may be drawn to replace groups whose rewards are all equal; 1 takes groups as they come.',
    source: '2503.14476: 10',
  },
  'loss.overlongShare': {
    label: 'Overlong penalty',
    help: 'The last share of the length limit in which the reward falls towards −1, instead of a sudden cut.',
    source: '2503.14476 equation 13',
  },
  'loss.ratio': {
    label: 'Ratio',
    help: 'Whether each token has its own probability ratio or a response has one, the geometric mean of its tokens’.',
    source: '2507.18071',
    options: { token: { label: 'per token' }, response: { label: 'per response' } },
  },
  'loss.surrogate': {
    label: 'Surrogate',
    help: 'What is done with a ratio that leaves the clip range.',
    source: '1707.06347, 2506.13585',
    options: {
      clipped: { label: 'Clipped', help: 'min(r A, clip(r) A): outside the range the gradient stops.' },
      weighted: { label: 'Weighted', help: 'The ratio is capped and only weighs; every token keeps its gradient.' },
      plain: { label: 'Plain', help: 'r A, without a clip.' },
    },
  },
  'loss.clipLow': {
    label: 'ε_low',
    help: 'Ratios below 1 − ε_low count as 1 − ε_low: how fast a token may become less likely.',
    source: '2503.14476: 0.2',
  },
  'loss.clipHigh': {
    label: 'ε_high',
    help: 'Ratios above 1 + ε_high count as 1 + ε_high: how fast a token may become more likely.',
    source: '2503.14476: 0.28',
  },
  'loss.dualClip': {
    label: 'Dual clip',
    help: 'With a negative advantage a token’s loss is at most this many times the advantage.',
    source: '1912.09729; the authors of 2510.08892 use 10',
  },
  'loss.average': {
    label: 'Average',
    help: 'Over what the loss of tokens is averaged.',
    source: '2402.03300, 2503.14476, 2503.20783',
    options: {
      response: {
        label: 'Response',
        help: 'Mean per response, then over responses: long responses count less per token.',
      },
      token: { label: 'Token', help: 'Mean over all tokens of the batch.' },
      length: { label: 'Fixed length', help: 'Sum over tokens divided by responses times the length limit.' },
    },
  },
  'loss.entropyShare': {
    label: 'Entropy share',
    help: 'The policy loss is taken over this share of the batch’s tokens, those with the highest entropy.',
    source: '2506.01939: 0.2',
  },
  'loss.klWeight': {
    label: 'β',
    help: 'The weight of the KL divergence from the policy that training began with.',
    source: '2402.03300; 0 in 2503.14476',
  },
  'loss.klAverage': {
    label: 'KL average',
    help: 'Whether the KL term is averaged like the loss, or inside each token class.',
    source: '2507.15778',
    options: { loss: { label: 'as the loss' }, class: { label: 'by class' } },
  },
  'loss.knowledge.coldFraction': {
    label: 'Knowledge share',
    help: 'Tokens whose entropy is not above this quantile of their own response are knowledge tokens.',
    source: '2507.15778: 0.8',
  },
  'loss.knowledge.clipLow': {
    label: 'ε_low of knowledge',
    help: 'The lower clip of knowledge tokens.',
    source: '2507.15778: 0.2',
  },
  'loss.knowledge.clipHigh': {
    label: 'ε_high of knowledge',
    help: 'The upper clip of knowledge tokens.',
    source: '2507.15778: 0.2',
  },
  'loss.knowledge.klWeight': {
    label: 'β of knowledge',
    help: 'The KL weight of knowledge tokens, which keeps facts near the policy that training began with.',
    source: '2507.15778: 0.001',
  },
  'loss.covariance.kind': {
    label: 'Covariance',
    help: 'What is done with tokens whose log-prob and advantage vary together, which is what makes entropy fall.',
    source: '2505.22617',
    options: {
      none: { label: 'Nothing' },
      clip: { label: 'Clip-Cov', help: 'Some of them, drawn at random, get no gradient.' },
      kl: { label: 'KL-Cov', help: 'The largest pay a KL penalty.' },
    },
  },
  'loss.covariance.share': {
    label: 'Share of tokens',
    help: 'Which share of all tokens this concerns.',
    source: '2505.22617: 0.0002',
  },
  'loss.covariance.low': {
    label: 'Covariance from',
    help: 'Tokens are drawn from those whose covariance is above this.',
    source: '2505.22617: 1',
  },
  'loss.covariance.high': {
    label: 'Covariance to',
    help: 'Tokens are drawn from those whose covariance is below this.',
    source: '2505.22617: 5',
  },
  'loss.covariance.weight': {
    label: 'Penalty',
    help: 'The weight of |log ratio| that these tokens pay.',
    source: '2505.22617: 1',
  },
  'lossTemperature.mode': {
    label: 'Mode',
    help: 'At which temperature tokens are drawn and at which the trainer scores them.',
    source: '2510.08892 section 4.5',
    options: {
      'on-policy': { label: 'On-policy', help: 'Drawn at τ, scored at τ: the paper’s choice.' },
      'update-only': { label: 'Update only', help: 'Drawn at 1, scored at τ: the paper’s contrast, first reading.' },
      'sampling-only': {
        label: 'Sampling only',
        help: 'Drawn at τ, scored at 1: the second reading, and a common bug.',
      },
      'one-late': { label: 'One token late', help: 'Scored at the temperature of the token before: a shift by one.' },
      truncated: { label: 'Truncated IS', help: 'Scored at 1, repaired by importance weights up to C.' },
    },
  },
  'lossTemperature.largestWeight': {
    label: 'C, largest weight',
    help: 'Importance weights of truncated importance sampling are cut at this.',
    source: 'METHOD section 4: 2',
  },
  'lossTemperature.compensate': {
    label: 'Compensate 1/τ',
    help: 'Multiply each token’s gradient by its τ, because the softmax at τ divides it by τ and favours cold tokens.',
    source: 'ours',
    isOurs: true,
  },
} as const satisfies HelpTable;
