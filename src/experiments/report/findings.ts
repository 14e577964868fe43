// What the results of this project's own runs say beside the paper, in words. Numbers come from the claims, and every
// claim is checked against the committed data by the tests.

import type { ExperimentPresetName } from '../presets.ts';
import type { Claim, Findings } from './claims.ts';

const AVG = 'eval/tau 1/avg@16';
const PASS = 'eval/tau 1/pass@16';
const start = { when: { step: 0 } } as const;

/** The last value of an arm. */
const last = (measure: string, arm: string) => ({ measure, when: 'last', arm }) as const satisfies Claim;

const ROBUSTNESS: Findings = {
  agrees: [
    {
      text: 'A mixture of two temperatures that both work on their own was not found to differ from either of them: the mixture of 1 and 1.2 ends at avg@16 {0}, which is {1} from fixed 1 and {2} from fixed 1.2.',
      claims: [
        { ...last(AVG, 'mixture {1, 1.2}'), within: [0.3, 0.37] },
        { ...last(AVG, 'mixture {1, 1.2}'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(AVG, 'mixture {1, 1.2}'), against: { arm: 'fixed 1.2' }, verdict: 'no difference' },
      ],
    },
    {
      text: 'A member that hardly learns on its own does not ruin the mixture: fixed 3 ends at {0}, the mixture of 1 and 3 at {1}, a paired difference of {2}.',
      claims: [
        { ...last(AVG, 'fixed 3'), within: [0.15, 0.2] },
        { ...last(AVG, 'mixture {1, 3}'), within: [0.2, 0.4] },
        { ...last(AVG, 'mixture {1, 3}'), against: { arm: 'fixed 3' }, verdict: 'higher' },
      ],
    },
  ],
  disagrees: [
    {
      text: 'The mixture of 1 and 3 is not as good as its best member: its difference from fixed 1 in avg@16 is {0}. The rollouts of its hot half are hardly ever solved (reward {1}, in the other half {2}), and they are not free.',
      claims: [
        { ...last(AVG, 'mixture {1, 3}'), against: { arm: 'fixed 1' }, verdict: 'lower' },
        { ...last('curve/reward/tau/+2', 'mixture {1, 3}'), within: [0, 0.1] },
        { ...last('curve/reward/tau/0', 'mixture {1, 3}'), within: [0.15, 0.5] },
      ],
    },
  ],
  open: [
    {
      text: 'Whether the mixture of 1 and 1.2 is better than fixed 1 by a little: the interval of the difference, {0}, allows for a small gain as well as for a small loss.',
      claims: [
        {
          ...last(AVG, 'mixture {1, 1.2}'),
          against: { arm: 'fixed 1' },
          verdict: 'no difference',
          within: [-0.03, 0.03],
        },
      ],
    },
    {
      text: 'Whether a mixture keeps more of what many samples can solve. In every arm pass@16 falls while avg@16 rises (fixed 1: {0} from beginning to end), and neither mixture was found to differ from fixed 1 in it at the end ({1} and {2}).',
      claims: [
        { ...last(PASS, 'fixed 1'), against: start, verdict: 'lower' },
        { ...last(PASS, 'mixture {1, 1.2}'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(PASS, 'mixture {1, 3}'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(PASS, 'fixed 1.2'), against: start, verdict: 'lower' },
        { ...last(PASS, 'fixed 3'), against: start, verdict: 'lower' },
        { ...last(PASS, 'mixture {1, 1.2}'), against: start, verdict: 'lower' },
        { ...last(PASS, 'mixture {1, 3}'), against: start, verdict: 'lower' },
        { ...last(AVG, 'fixed 1'), against: start, verdict: 'higher' },
        { ...last(AVG, 'fixed 1.2'), against: start, verdict: 'higher' },
        { ...last(AVG, 'fixed 3'), against: start, verdict: 'higher' },
        { ...last(AVG, 'mixture {1, 1.2}'), against: start, verdict: 'higher' },
        { ...last(AVG, 'mixture {1, 3}'), against: start, verdict: 'higher' },
      ],
    },
  ],
};

const TOKEN_ARMS = ['token level', 'both'] as const;
const FOUR_ARMS: Findings = {
  agrees: [
    {
      text: 'Hotter forks leave fewer groups without a signal. Of the groups of the last five steps, {0} are all right or all wrong in fixed 1; the token level differs from that by {1}, both levels together by {2}.',
      claims: [
        { ...last('curve/frac_reward_zero_std', 'fixed 1'), within: [0.4, 0.8] },
        { ...last('curve/frac_reward_zero_std', 'token level'), against: { arm: 'fixed 1' }, verdict: 'lower' },
        { ...last('curve/frac_reward_zero_std', 'both'), against: { arm: 'fixed 1' }, verdict: 'lower' },
      ],
    },
  ],
  disagrees: [
    {
      text: 'The two kinds of tokens do not stay where the gate looks for them. With a fixed quantile the threshold follows the entropy as it falls, from {0} nats in the first five steps to {1} in the last, and the share of hot tokens that are true forks goes from {2} to {3} (difference {4}): late in training more of what is drawn hot is no fork.',
      claims: [
        { measure: 'curve/threshold', when: { step: 5 }, arm: 'token level', within: [0.15, 0.35] },
        { ...last('curve/threshold', 'token level'), within: [0, 0.06] },
        { measure: 'curve/gate/precision', when: { step: 5 }, arm: 'token level', within: [0.88, 0.93] },
        { ...last('curve/gate/precision', 'token level'), within: [0.8, 0.88] },
        { ...last('curve/gate/precision', 'token level'), against: { when: { step: 5 } }, verdict: 'lower' },
        ...TOKEN_ARMS.map(
          (arm): Claim => ({ ...last('curve/threshold', arm), against: { when: { step: 5 } }, verdict: 'lower' }),
        ),
      ],
    },
  ],
  open: [
    {
      text: 'Whether any of the three trains better than one temperature. No difference from fixed 1 was found in avg@16: token level {0}, rollout level {1}, both {2}. A gain of the size that these intervals reach up to is not ruled out either.',
      claims: [
        { ...last(AVG, 'token level'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(AVG, 'rollout level'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(AVG, 'both'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
      ],
    },
    {
      text: 'Whether any keeps more of what sixteen samples can solve: pass@16 falls in all four (fixed 1: {0} from beginning to end), and no difference from fixed 1 was found ({1}, {2} and {3}).',
      claims: [
        { ...last(PASS, 'fixed 1'), against: start, verdict: 'lower' },
        { ...last(PASS, 'token level'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(PASS, 'rollout level'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(PASS, 'both'), against: { arm: 'fixed 1' }, verdict: 'no difference' },
        { ...last(PASS, 'token level'), against: start, verdict: 'lower' },
        { ...last(PASS, 'rollout level'), against: start, verdict: 'lower' },
        { ...last(PASS, 'both'), against: start, verdict: 'lower' },
      ],
    },
  ],
};

const ENTROPY = 'eval/tau 1';
const FORKING = ['countdown', 'table-navigation', 'parity', 'grid-path', 'linear-equation', 'derivative'] as const;
const BEFORE_TRAINING: Findings = {
  agrees: [
    {
      text: 'In all six tasks that have forks, entropy tells them from knowledge nearly without fail: one fork and one token of knowledge drawn at random, the fork has the higher entropy with probability {0} (Countdown), {1} (table navigation), {2} (parity), {3} (grid path), {4} (linear equation) and {5} (derivative).',
      claims: FORKING.map((arm) => ({ ...last(`${ENTROPY}/forks above knowledge`, arm), within: [0.98, 1] })),
    },
    {
      text: 'Entropies lie in two modes with little between them. Below a tenth of a nat are {0} of the tokens of Countdown, at half a nat or above {1}; in table navigation {2} and {3}; in linear equation {4} and {5}.',
      claims: [
        { ...last(`${ENTROPY}/below 0.1 nats`, 'countdown'), within: [0.6, 0.66] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'countdown'), within: [0.33, 0.36] },
        { ...last(`${ENTROPY}/below 0.1 nats`, 'table-navigation'), within: [0.56, 0.58] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'table-navigation'), within: [0.42, 0.44] },
        { ...last(`${ENTROPY}/below 0.1 nats`, 'linear-equation'), within: [0.84, 0.87] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'linear-equation'), within: [0.11, 0.13] },
      ],
    },
  ],
  disagrees: [
    {
      text: 'Not every domain has both kinds. Addition has one right character at every place and no fork, yet its entropies differ: {0} of its tokens are below a tenth of a nat and {1} at half a nat or above. What a gate would heat there is knowledge that the policy is not sure of.',
      claims: [
        { ...last(`${ENTROPY}/below 0.1 nats`, 'addition'), within: [0.85, 0.93] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'addition'), within: [0.01, 0.04] },
      ],
    },
    {
      text: 'One quantile does not fit all domains. The share of tokens at half a nat or above is {0} in linear equation, {1} in grid path, {2} in Countdown and {3} in table navigation: a gate that calls the same share of tokens hot everywhere is too wide in one and too narrow in another.',
      claims: [
        { ...last(`${ENTROPY}/0.5 nats or more`, 'linear-equation'), within: [0.1, 0.14] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'grid-path'), within: [0.16, 0.2] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'countdown'), within: [0.33, 0.36] },
        { ...last(`${ENTROPY}/0.5 nats or more`, 'table-navigation'), within: [0.42, 0.44] },
      ],
    },
  ],
  open: [
    {
      text: 'Whether it is so in a language model. These policies were made from random legal traces, in which a fork is a free choice between two, three or four and knowledge is exact: two modes are built in. The forks of table navigation have {0} nats, the logarithm of two.',
      claims: [{ ...last(`${ENTROPY}/entropy of forks`, 'table-navigation'), within: [0.68, 0.7] }],
    },
  ],
};

const AUDIT = 'curve/sampling/sampling_logp_difference/mean';
const onPolicy = { arm: 'on-policy' } as const;
const WHERE: Findings = {
  agrees: [
    {
      text: 'Scoring at another temperature than that of the draw can cost: scored one token late, which is easily done and no check of ratios notices, avg@16 ends {0} from on-policy. The same arm ends higher in pass@16 ({1}): it has learnt less and narrowed less.',
      claims: [
        { ...last(AVG, 'one token late'), against: onPolicy, verdict: 'lower' },
        { ...last(PASS, 'one token late'), against: onPolicy, verdict: 'higher' },
      ],
    },
    {
      text: 'Every mismatch is large beside rounding. The mean difference between the log-prob of the trainer and that of the sampler is {0} nats on-policy, {1} for update only, {2} for sampling only and {3} for one token late; and the gradient norm of sampling only is {4} times that of on-policy, of one token late {5} times.',
      claims: [
        { ...last(AUDIT, 'on-policy'), within: [0, 1e-5] },
        { ...last(AUDIT, 'update only'), within: [0.05, 0.2] },
        { ...last(AUDIT, 'sampling only'), within: [0.05, 0.2] },
        { ...last(AUDIT, 'one token late'), within: [0.05, 0.2] },
        { ...last('curve/grad_norm', 'sampling only'), against: onPolicy, as: 'ratio', verdict: 'higher' },
        { ...last('curve/grad_norm', 'one token late'), against: onPolicy, as: 'ratio', verdict: 'higher' },
      ],
    },
  ],
  disagrees: [],
  open: [
    {
      text: 'Whether on-policy is better than the other readings of off-policy. No difference in avg@16 was found for update only ({0}) and for sampling only ({1}), the commonest bug in public trainers; in a run as short as this it does not show in what is learnt.',
      claims: [
        { ...last(AVG, 'update only'), against: onPolicy, verdict: 'no difference' },
        { ...last(AVG, 'sampling only'), against: onPolicy, verdict: 'no difference' },
      ],
    },
    {
      text: 'Whether a truncated importance weight repairs anything: no loss of sampling only was found that it could repair. It was not found to differ from on-policy ({0}) nor from sampling only ({1}).',
      claims: [
        { ...last(AVG, 'truncated importance sampling'), against: onPolicy, verdict: 'no difference' },
        { ...last(AVG, 'truncated importance sampling'), against: { arm: 'sampling only' }, verdict: 'no difference' },
      ],
    },
  ],
};

const OWN = 'eval/tau 0.6, top-p 0.95/avg@16';
const ALIGNED = 'eval/training rule/avg@16';
const fixed1 = { arm: 'fixed 1' } as const;
const firstSteps = { when: { step: 5 } } as const;
const ARCHER: Findings = {
  agrees: [
    {
      text: 'What is suspected behind the collapse is there. With a fixed quantile the threshold falls from {0} nats in the first five steps to {1} in the last, and the share of hot tokens that are true forks from {2} to {3}. A floor stops the threshold ({4}), and with it that share ends {5} from where it does without.',
      claims: [
        { measure: 'curve/threshold', ...firstSteps, arm: 'token level', within: [0.2, 0.4] },
        { ...last('curve/threshold', 'token level'), within: [0.02, 0.06] },
        { measure: 'curve/gate/precision', ...firstSteps, arm: 'token level', within: [0.88, 0.96] },
        { ...last('curve/gate/precision', 'token level'), within: [0.78, 0.86] },
        { ...last('curve/threshold', 'token level, floored'), within: [0.1, 0.12] },
        {
          ...last('curve/gate/precision', 'token level, floored'),
          against: { arm: 'token level' },
          verdict: 'higher',
        },
        { ...last('curve/threshold', 'token level'), against: firstSteps, verdict: 'lower' },
        { ...last('curve/gate/precision', 'token level'), against: firstSteps, verdict: 'lower' },
      ],
    },
  ],
  disagrees: [
    {
      text: 'No collapse was seen. Evaluated as the authors do, the token level gains {0} in avg@16 from beginning to end, and {1} evaluated by its own rule; its gradient norm ends at {2} and its KL at {3}, in fixed 1 at {4} and {5}.',
      claims: [
        { ...last(OWN, 'token level'), against: start, verdict: 'higher' },
        { ...last(ALIGNED, 'token level'), against: start, verdict: 'higher' },
        { ...last('curve/grad_norm', 'token level'), within: [0.4, 1] },
        { ...last('curve/kl', 'token level'), within: [0.1, 0.4] },
        { ...last('curve/grad_norm', 'fixed 1'), within: [0.4, 1.2] },
        { ...last('curve/kl', 'fixed 1'), within: [0.2, 0.6] },
      ],
    },
  ],
  open: [
    {
      text: 'What comes later. The collapse is reported after a hundred steps, and these runs end there; their steps are smaller, too. In pass@16 nothing was found between token level and fixed 1 ({0}).',
      claims: [
        {
          ...last('eval/tau 0.6, top-p 0.95/pass@16', 'token level'),
          against: fixed1,
          verdict: 'no difference',
        },
      ],
    },
    {
      text: 'Which evaluation is right. Evaluated as the authors do, token level and fixed 1 were not found to differ ({0}); each evaluated by its own rule, token level is lower ({1}), and so it is before training ({2}), when both are the same policy: its rule is the hotter one. What an arm is said to have learnt depends on how it is asked.',
      claims: [
        { ...last(OWN, 'token level'), against: fixed1, verdict: 'no difference' },
        { ...last(ALIGNED, 'token level'), against: fixed1, verdict: 'lower' },
        { measure: ALIGNED, ...start, arm: 'token level', against: fixed1, verdict: 'lower' },
      ],
    },
    {
      text: 'Whether the floor helps. It keeps the gate where forks are, but no difference from the token level without it was found in avg@16, neither by the evaluation of the authors ({0}) nor by its own rule ({1}).',
      claims: [
        { ...last(OWN, 'token level, floored'), against: { arm: 'token level' }, verdict: 'no difference' },
        { ...last(ALIGNED, 'token level, floored'), against: { arm: 'token level' }, verdict: 'no difference' },
      ],
    },
  ],
};

const STEP_TIME = 'timing/step';
const COST_ARMS = ['token level', 'continuous in rank', 'rollout level', 'both'] as const;
const COST: Findings = {
  agrees: [
    {
      text: 'No cost was found beside the noise of the machine. The time of a step was not found to differ from that of fixed 1 in any arm; as a multiple of it: token level {0}, continuous in rank {1}, rollout level {2}, both levels {3}.',
      claims: COST_ARMS.map(
        (arm): Claim => ({
          ...last(STEP_TIME, arm),
          against: { arm: 'fixed 1' },
          as: 'ratio',
          verdict: 'no difference',
          within: [0.8, 1.25],
        }),
      ),
    },
  ],
  disagrees: [],
  open: [
    {
      text: 'What the entropies themselves cost. Fixed 1 computes them, too, and keeps the queue, because this laboratory always shows them; what stands here is the cost of using them. A step takes {0} s in fixed 1, of which {1} s draw the rollouts.',
      claims: [
        { ...last(STEP_TIME, 'fixed 1'), within: [0.3, 1] },
        { ...last('timing/collect', 'fixed 1'), within: [0.1, 0.3] },
      ],
    },
    {
      text: 'What it costs on a GPU, with a vocabulary of a hundred thousand tokens. Here the alphabet has some twenty characters, and other work on the machine moves the times more than the arms do (token level, as a multiple of fixed 1: {0}); the arms also ran in the same order in every seed.',
      claims: [{ ...last(STEP_TIME, 'token level'), against: { arm: 'fixed 1' }, as: 'ratio', within: [0.8, 1.25] }],
    },
  ],
};

export const FINDINGS: Partial<Readonly<Record<ExperimentPresetName, Findings>>> = {
  'entropy-before-training': BEFORE_TRAINING,
  robustness: ROBUSTNESS,
  'four-arms': FOUR_ARMS,
  'where-the-temperature-enters': WHERE,
  'archer-collapse': ARCHER,
  cost: COST,
};

/** @param name of a preset */
export function findingsOf(name: string): Findings {
  const found = Object.entries(FINDINGS).find(([preset]) => preset === name)?.[1];
  return found ?? { agrees: [], disagrees: [], open: [] };
}
