// README.md of a base policy: what it is, what made it, what it measured. All of it follows from base.json and the task.

import { taskByName } from '../tasks/index.ts';
import { BASE_FILE, type BaseFigures, type BaseRecord, MODES_PART_AT_NATS } from './baseRecord.ts';
import { parsePretrainConfig } from './pretrainConfig.ts';

const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);
const nats = (value: number | null) => (value === null ? '-' : value.toFixed(3));

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** Figures as a table, a column a temperature. */
function figuresTable(figures: readonly BaseFigures[]): string {
  const line = (name: string, cell: (of: BaseFigures) => string) => [name, ...figures.map(cell)];
  const ks = Object.keys(figures[0]!.pass);
  const outcomes = Object.keys(figures[0]!.outcomes);
  const rollouts = ({ n, prompts }: BaseFigures) => n * prompts;
  return table(
    ['', ...figures.map(({ tau }) => `tau ${tau}`)],
    [
      ...ks.map((k) => line(`pass@${k}`, ({ pass }) => percent(pass[k] ?? null))),
      line('greedy', ({ greedy }) => percent(greedy)),
      ...outcomes.map((name) => line(`outcome: ${name}`, (of) => percent((of.outcomes[name] ?? 0) / rollouts(of)))),
      line('knowledge tokens right', ({ knowledgeRight }) => percent(knowledgeRight)),
      ...(['fork', 'knowledge', 'format'] as const).flatMap((role) => [
        line(`entropy of ${role} tokens, nats`, ({ entropyNats }) => nats(entropyNats[role])),
        line(`${role} tokens below ${MODES_PART_AT_NATS} nats`, ({ lowEntropyShare }) =>
          percent(lowEntropyShare[role]),
        ),
      ]),
      line('tokens a rollout', ({ meanLength }) => meanLength.toFixed(1)),
    ],
  );
}

/** The commands that measured; each seed and count as it was. */
function measuredBy(name: string, figures: readonly BaseFigures[]): string {
  const { n, prompts, seed, pass } = figures[0]!;
  const taus = figures.map(({ tau }) => tau).join(',');
  return `npm run headless -- evaluate --model public/bases/${name} --task ${name} --n ${n} --k ${Object.keys(pass).join(',')} --tau ${taus} --prompts ${prompts} --seed ${seed}`;
}

/** How to make it again: shorter for what the recipe alone says. */
function madeBy({ config }: BaseRecord): string {
  const { task } = config;
  const isRecipe = JSON.stringify(sorted(config)) === JSON.stringify(sorted(parsePretrainConfig({ task })));
  return isRecipe
    ? `    npm run bases -- ${task}`
    : `    npm run headless -- pretrain --task ${task} --out DIR --backend cpu --config FILE

where FILE holds the part \`config\` of ${BASE_FILE}.`;
}

/** Fields in the order of their names, at every depth. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}

/** The text of a model card. */
export function modelCard(record: BaseRecord): string {
  const { config, stepsTaken, parameters, engine, weightsSha256, figures } = record;
  const task = taskByName(config.task);
  const { layers, width, heads, kvHeads, mlpWidth } = config.policy;
  const { name, title, summary, recipe, difficulties, citation, worked } = task;
  const traces = (stepsTaken * config.batch).toLocaleString('en-GB');
  const unfinished =
    stepsTaken < config.steps
      ? `\n**The run was interrupted** after ${stepsTaken} of ${config.steps} steps; its learning rate had not come down.\n`
      : '';
  const measured =
    figures.length === 0
      ? 'Nothing was measured.'
      : `${figures[0]!.n} rollouts of each of ${figures[0]!.prompts} held-out problems:

${figuresTable(figures)}

pass@k is the unbiased estimate. Entropies are those of the untempered distribution. A knowledge token is one whose place
allows a single character by the facts; it is right when it is that one, counted up to the first illegal token of a
rollout. The same again, on the same backend:

    ${measuredBy(name, figures)}`;

  return `---
license: mit
library_name: transformers
pipeline_tag: text-generation
tags:
  - reinforcement-learning
  - verifiable-rewards
  - ${name}
---

# ${title}: a base policy for reinforcement learning

${summary}

    ${worked.prompt}${worked.completion}

It has learned the notation, the legal moves and the facts, but not which moves lead to the goal: that is left to
reinforcement learning. Task: ${citation}.
${unfinished}
## What made it

Supervised learning on ${traces} random legal traces of training problems (problems whose prompt's hash holds them out were
never drawn), of which ${percent(config.solvingShare)} were made to solve their problem; the loss counts the completion only.

${table(
  ['', ''],
  [
    ['difficulty', `\`${config.difficulty}\`: ${difficulties[config.difficulty]!}`],
    ['policy', `${layers} layers, width ${width}, ${heads} heads (${kvHeads} for keys), MLP ${mlpWidth}`],
    ['parameters', parameters.toLocaleString('en-GB')],
    ['steps', `${stepsTaken} of ${config.batch} traces`],
    [
      'optimiser',
      `AdamW, learning rate ${config.learningRate} after ${config.warmupSteps} steps of warm-up, ${config.decay} to 0; beta2 ${config.beta2}, weight decay ${config.weightDecay}, clip ${config.clipNorm}`,
    ],
    ['seed', String(config.seed)],
    ['engine', `${engine.version}, ${engine.backend} (${engine.adapter})`],
    ['SHA-256 of model.safetensors', `\`${weightsSha256}\``],
  ],
)}

One command makes it, bit for bit:

${madeBy(record)}

${BASE_FILE} holds all settings and figures.

## What it does

${measured}
${recipe.remark === undefined ? '' : `\n${recipe.remark}\n`}`;
}
