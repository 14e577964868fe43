// Help for what decides a token's temperature.

import type { HelpTable } from './entry.ts';

const PAPER = '2510.08892';

export const samplerHelp = {
  'sampler.temperature.rule': {
    label: 'Temperature rule',
    help: 'How a token gets its sampling temperature from the entropy of the distribution that it is drawn from.',
    source: `${PAPER} section 3`,
    options: {
      binary: { label: 'Two temperatures', help: 'T_high for hot tokens, T_low for cold ones.' },
      rank: {
        label: 'Continuous in rank',
        help: 'From T_low to T_high, in proportion to the rank of the entropy in the queue (ours).',
      },
      edt: { label: 'EDT', help: 'τ = T₀ · N₀^(θ / H), without a threshold (2403.14541).' },
      fixed: { label: 'Fixed', help: 'One temperature for every token; the gate only labels.' },
    },
  },
  'sampler.temperature.high': {
    label: 'T_high',
    help: 'The temperature of hot tokens, those above the entropy threshold: larger means more exploration at forks.',
    source: `${PAPER} equation 3`,
  },
  'sampler.temperature.low': {
    label: 'T_low',
    help: 'The temperature of cold tokens, those below the entropy threshold: smaller keeps known facts safe.',
    source: `${PAPER} equation 3`,
    isOurs: true,
  },
  'sampler.temperature.tau': {
    label: 'τ',
    help: 'The one temperature that every token is drawn at.',
    source: '2503.14476, which trains at 1',
  },
  'sampler.temperature.base': {
    label: 'T_0',
    help: 'The temperature that EDT tends to where the entropy is large.',
    source: '2403.14541',
    isOurs: true,
  },
  'sampler.temperature.theta': {
    label: 'θ',
    help: 'How strongly EDT lowers the temperature as the entropy falls; 0 makes it fixed.',
    source: '2403.14541',
    isOurs: true,
  },
  'sampler.temperature.n0': {
    label: 'N_0',
    help: 'The base of EDT’s power, between 0 and 1: smaller bends the temperature down more.',
    source: '2403.14541, which uses 0.8',
  },
  'sampler.temperature.least': {
    label: 'Least τ',
    help: 'EDT’s temperature never goes below this, because its formula tends to 0 with the entropy.',
    source: 'ours',
    isOurs: true,
  },

  'sampler.threshold.rule': {
    label: 'Threshold rule',
    help: 'How the entropy that separates hot from cold tokens is found.',
    source: `${PAPER} section 3.2`,
    options: {
      quantile: { label: 'Sliding quantile', help: 'The k-quantile of the queue, linearly interpolated (paper text).' },
      'top-p': { label: 'Sliding top-p', help: 'An order statistic of the queue, as the authors’ code takes it.' },
      floored: { label: 'Quantile with a floor', help: 'The quantile, but never below a floor: against drift (ours).' },
      absolute: { label: 'Constant', help: 'A constant in nats (2506.01939 section 3).' },
    },
  },
  'sampler.threshold.coldFraction': {
    label: 'k, cold share',
    help: 'The share of recent tokens that counts as cold: the threshold is this quantile of their entropies.',
    source: `${PAPER} section 3.2`,
  },
  'sampler.threshold.hotFraction': {
    label: 'p, hot share',
    help: 'The share of recent tokens that counts as hot, cut at a whole position of the sorted queue.',
    source: 'the authors’ code: 0.40 and 0.20',
  },
  'sampler.threshold.nats': {
    label: 'H_th',
    unit: 'nats',
    help: 'The threshold itself; which value is right depends on the vocabulary and the model.',
    source: '2506.01939 section 3: 0.672 for Qwen3-8B',
  },
  'sampler.threshold.floorNats': {
    label: 'Floor of H_th',
    unit: 'nats',
    help: 'The threshold never falls below this, so that facts are not heated when all entropies fall.',
    source: 'ours',
    isOurs: true,
  },
  'sampler.tie': {
    label: 'Tie',
    help: 'Whether a token whose entropy equals the threshold is hot.',
    source: `${PAPER} equation 3, and the authors’ code`,
    options: {
      strict: { label: 'H > H_th', help: 'A tie is cold (paper text).' },
      inclusive: { label: 'H ≥ H_th', help: 'A tie is hot (the authors’ code).' },
    },
  },

  'sampler.queue.capacity': {
    label: 'N, queue length',
    unit: 'tokens',
    help: 'How many recent entropies the threshold is taken over.',
    source: 'not in 2510.08892; its authors’ code keeps 100 000',
    isOurs: true,
  },
  'sampler.queue.scope': {
    label: 'Scope',
    help: 'Which rollouts share one entropy queue.',
    source: 'not in 2510.08892; its authors’ code shares one in the whole engine',
    options: {
      rollout: { label: 'Rollout', help: 'Each rollout has its own.' },
      prompt: { label: 'Group', help: 'The rollouts of one prompt share.' },
      run: { label: 'Run', help: 'All rollouts share one.' },
    },
  },
  'sampler.queue.order': {
    label: 'Order',
    help: 'Whether a token’s own entropy is already in the queue when its threshold is taken.',
    source: `${PAPER} section 3.2: push first`,
    options: {
      'push-first': { label: 'Push first', help: 'It is in the window that it is judged by.' },
      'threshold-first': { label: 'Threshold first', help: 'It is judged by the tokens before it.' },
    },
  },
  'sampler.queue.keep': {
    label: 'Keep between batches',
    help: 'Whether the queue outlives a batch of rollouts, or starts empty with each.',
    source: 'the authors’ code keeps it',
    isOurs: true,
  },
  'sampler.queue.warmup.entropies': {
    label: 'Warm-up',
    unit: 'tokens',
    help: 'Until the queue holds this many entropies the fallback decides, because a quantile of a few says little.',
    source: 'not in 2510.08892; its authors’ code has none',
  },
  'sampler.queue.warmup.use': {
    label: 'Until then',
    help: 'What tokens are while the queue is warming up.',
    source: 'the authors’ code: the first token is always hot',
    options: {
      hot: { label: 'Hot' },
      cold: { label: 'Cold' },
      one: { label: 'τ = 1' },
    },
  },

  'sampler.ladder.offsets': {
    label: 'Shifts',
    help: 'What is added to the temperature of each rollout of a group, dealt round robin; a single 0 is no ladder.',
    source: `${PAPER} section 3; the authors’ code uses 0, 0, ∓0.1, ∓0.2, ∓0.3`,
  },
  'sampler.ladder.shifts': {
    label: 'The ladder shifts',
    help: 'Which temperatures a rollout’s step of the ladder is added to.',
    source: 'the authors’ code shifts hot tokens only',
    isOurs: true,
    options: {
      hot: { label: 'Hot only' },
      both: { label: 'Hot and cold' },
    },
  },

  'sampler.truncation.topK': {
    label: 'Top-k',
    unit: 'tokens',
    help: 'After the temperature only the k likeliest tokens can be drawn; 0 turns it off.',
    source: '1805.04833',
  },
  'sampler.truncation.topP': {
    label: 'Top-p',
    help: 'After the temperature only the smallest set of likely tokens with this mass can be drawn; 1 turns it off.',
    source: '1904.09751',
  },
  'sampler.truncation.minP': {
    label: 'Min-p',
    help: 'After the temperature only tokens with at least this share of the likeliest one’s probability can be drawn.',
    source: '2407.01082',
  },

  'schedules.*.kind': {
    label: 'Schedule',
    help: 'How this temperature changes from one training step to the next.',
    source: 'METHOD section 3; the authors’ code has lines and spikes',
    options: {
      none: { label: 'As set above', help: 'The number above, at every step.' },
      constant: { label: 'Constant' },
      linear: { label: 'Line', help: 'From one temperature to another, then level (the authors’ code).' },
      spike: { label: 'Spikes', help: 'A rise now and then (the authors’ code: 0.1 every 50 steps).' },
      cosine: { label: 'Half a cosine', help: 'A soft way from one temperature to another, then level.' },
      stages: { label: 'Stages', help: 'Another temperature from given steps on (Polaris).' },
      entropy: { label: 'To an entropy', help: 'Steered so that the mean entropy stays near a target (E3).' },
      points: { label: 'Drawn', help: 'Straight lines between points drawn by hand.' },
    },
  },
  'schedules.*.tau': { label: 'τ', help: 'The temperature of every step.', source: 'ours' },
  'schedules.*.from': { label: 'From', help: 'The temperature of the first step.', source: 'the authors’ code' },
  'schedules.*.to': { label: 'To', help: 'The temperature of the last step of the way.', source: 'the authors’ code' },
  'schedules.*.steps': {
    label: 'Over',
    unit: 'steps',
    help: 'How many training steps the way takes.',
    source: 'the authors’ code: 300 and 400',
  },
  'schedules.*.base': {
    label: 'Base',
    help: 'The temperature between two spikes.',
    source: 'the authors’ code',
  },
  'schedules.*.rise': {
    label: 'Rise',
    help: 'How much is added during a spike.',
    source: 'the authors’ code: 0.1',
  },
  'schedules.*.every': {
    label: 'Every',
    unit: 'steps',
    help: 'How many steps lie between the beginnings of two spikes.',
    source: 'the authors’ code: 50',
  },
  'schedules.*.length': {
    label: 'Spike length',
    unit: 'steps',
    help: 'How many steps a spike lasts.',
    source: 'ours',
    isOurs: true,
  },
  'schedules.*.stages': {
    label: 'Stages',
    help: 'Each stage’s first step and its temperature.',
    source: 'Polaris',
  },
  'schedules.*.points': {
    label: 'Points',
    help: 'Between two points the temperature goes in a straight line; outside it is level.',
    source: 'ours',
  },
  'schedules.*.targetNats': {
    label: 'H*',
    unit: 'nats',
    help: 'The mean entropy that the temperature is steered to.',
    source: 'E3',
    isOurs: true,
  },
  'schedules.*.least': {
    label: 'Least τ',
    help: 'The steered temperature never goes below this.',
    source: 'ours',
    isOurs: true,
  },
  'schedules.*.most': {
    label: 'Most τ',
    help: 'The steered temperature never goes above this.',
    source: 'ours',
    isOurs: true,
  },
} as const satisfies HelpTable;
