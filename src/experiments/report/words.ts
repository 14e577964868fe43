// The parts of docs/RESULTS.md that no data changes.

export const OPENING: readonly string[] = [
  '# Results: the paper in miniature',
  '',
  'What the experiments of this laboratory gave, in real runs of its own engine: real text, real rewards, policies of about',
  '130 000 parameters. They put claims and open questions of [arXiv 2510.08892](https://arxiv.org/abs/2510.08892) to a test',
  'that anyone can repeat. They do not say what happens to a language model of billions of parameters.',
  '',
  'This file and its figures are made from `public/results/*.json` by `npm run results`; `npm run verify` computes its numbers',
  'anew, in another way, and runs a piece of every experiment again. The same data open in the Compare room of the page.',
  '',
];

export const MACHINE: readonly string[] = [
  'All runs were made by `headless experiment`, two at a time (those of the cost one at a time), on a virtual machine with two',
  'cores of an AMD EPYC (Zen 4) and no GPU, while other work ran on it, much of it at first and little at last: counts and',
  'curves do not depend on that, times do. `code` is the version of this program and the first digits of a hash over its engine.',
  '',
];

export const HOW_TO_READ: readonly string[] = [
  '## How to read it',
  '',
  '- A **seed** is one draw of all that a run leaves to chance: problems, their order, held-out prompts, noise. Arms share',
  '  seeds, so they are compared seed by seed: a *difference* is the mean of the differences of pairs, a *ratio* the mean of',
  '  their ratios.',
  '- **avg@n** is the mean share of correct rollouts over held-out prompts; **pass@k** the chance that one of k is correct,',
  '  unbiased. Both are computed from counts.',
  '- Numbers in brackets are **95 % intervals** over seeds: a bootstrap with expanded percentiles. With five seeds it holds',
  '  the truth about 92 times in 100, by simulation (docs/EXPERIMENTS.md).',
  '- **Verdict**: *higher* or *lower* only where the interval of the paired difference leaves out zero. *No difference* means',
  '  that none was found, not that there is none; how large a difference could have been overlooked is what the interval says.',
  '- Many comparisons stand here side by side, and each errs by itself. Under every section it is said how many there are,',
  '  and how often at least one of so many would err by chance. No verdict is corrected for that.',
  '- Arms, seeds and steps were fixed in `src/experiments/presets.ts` before the runs (two experiments were cut to 100 steps for',
  '  want of time, before they began), the tables while the first of them ran. The sentences under *agrees*, *does not agree*',
  '  and *cannot be said* were written with the results in sight, and some rest on comparisons that are in no table and in no',
  '  count: take them as found, not as foretold. Every number in such a sentence is taken from the data, and what it claims is',
  '  checked by the tests.',
  '- At one fixed temperature the gate heats nothing. Threshold and gate precision of such an arm are what a quantile with a',
  '  floor of .1 nats, the rule of a bare config, would have said.',
  '- Figures: bold lines are means over seeds, shades their 95 % intervals, thin lines the seeds themselves. Shares in histograms',
  '  stand on a square-root axis, so that rare tokens are seen.',
  '',
];

export const END: readonly string[] = [
  '## Limits',
  '',
  '- **The policy is a miniature.** Some 130 000 parameters, an alphabet of characters, answers of a dozen tokens. Its knowledge',
  '  is arithmetic with small numbers, and it is right more than 99 times in 100 before training: there is less to break than',
  '  in a language model, and what breaks is not what breaks there.',
  '- **One task.** All that is trained here is trained on Countdown with three numbers.',
  '- **Short training.** At most 200 steps of 24 prompts with 8 rollouts. Whatever shows itself later is not seen.',
  '- **Five seeds** find large differences only; the intervals say how large.',
  '- **The start is one policy.** All seeds start from the same base, so how results vary from base to base is not in the',
  '  intervals.',
  '- **Steps are not tokens.** Arms are compared after equally many steps and rollouts; their completions may differ in length.',
  '',
  '## Made anew',
  '',
  '    npm run results                          this file and its figures from the committed data',
  '    npm run results -- --data DIR ...        takes in folders of `headless experiment` first',
  '    npm run headless -- experiment --preset NAME --out DIR --backend cpu',
  '                                             makes the runs of a preset anew (docs/EXPERIMENTS.md)',
  '',
];
