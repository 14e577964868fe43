// evaluate: what a policy can do, by the verifier's word, at temperatures of the evaluation's own.

import { compareEvaluations } from '../../grpo/compareEvaluations.ts';
import { evaluatePolicy } from '../../grpo/evaluation.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import type { CharacterTokenizer } from '../../policy/tokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import { type ProblemSource, taskSource } from '../../tasks/source.ts';
import { parseSamplerConfig, type SamplerConfig } from '../../temperature/config.ts';
import { BACKEND_FLAG, createEngine } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { evaluationLine } from '../evaluationLine.ts';
import { type FlagValues, optionalText, realOr, reals, text, toggle, wholeOr, wholes } from '../flags.ts';
import { withInterrupt } from '../interrupt.ts';
import { InputError, type Io } from '../io.ts';
import { readModel } from '../modelFolder.ts';
import { PROBLEMS_FLAGS, readProblems } from '../problemsFile.ts';
import { throttledNotes } from '../progress.ts';
import { MOST_ROLLOUTS, readGenerateSettings } from '../settings.ts';

/** The k of pass@k, as far as there are so many rollouts. */
const USUAL_K = [1, 16, 256];
const MOST_TAU = 100;
const MOST_PROMPTS = 1_048_576;

const FLAGS = {
  model: text('DIR', 'checkpoint folder'),
  task: text('NAME', 'the task'),
  difficulty: optionalText('NAME', 'default: the one its base is made for'),
  n: wholeOr(256, 'rollouts of each problem', { least: 1, most: MOST_ROLLOUTS }),
  k: wholes('the k of pass@k, at most n (default: those of 1,16,256)', { least: 1, most: MOST_ROLLOUTS }),
  tau: reals('temperatures, 0 being argmax (default: 1, or the rule of --config)', { least: 0, most: MOST_TAU }),
  prompts: wholeOr(128, 'held-out problems', { least: 1, most: MOST_PROMPTS }),
  seed: wholeOr(0, 'key of the problems and of the noise'),
  config: optionalText('FILE', "the sampler's settings as JSON; --tau replaces their temperature rule"),
  topP: realOr(null, 'keep the smallest set of tokens with this mass (default: as --config says, else 1)', {
    least: 0,
    most: 1,
    above: true,
  }),
  maxTokens: wholeOr(null, "most new tokens of a rollout (default: the task's longest)", { least: 1 }),
  ...PROBLEMS_FLAGS,
  against: optionalText('DIR', 'another checkpoint folder, to compare with prompt by prompt'),
  perPrompt: toggle('end each line with "perPrompt": [{"prompt","correct","greedy"}, ..]'),
  backend: BACKEND_FLAG,
};

type EvaluateFlags = FlagValues<typeof FLAGS>;

export const evaluate = defineCommand({
  name: 'evaluate',
  summary: 'tells what a policy can do: avg@n, pass@k, outcomes, entropy by true role',
  details: `Rolls out held-out problems n times each and once greedily. Prints a line a temperature: {"task","tau","n","prompts",
"avg","pass":{"k":..},"greedy","outcomes":{..},"entropy":{"fork","knowledge"},"gate":{"precision","recall"},
"knowledgeRight","meanLength","interval":{"avg":[low,high],"pass":{"k":[low,high]},"greedy":[low,high]},"difficulty",
"seed"}; nats at tau 1; null where there is nothing to take the mean of. With --config and without --tau it is one line;
the tau of a rule is null, and "sampler" is added. Problems and noise follow from the seed: with --against both policies
get the same, and "against":{"avg","pass","greedy"} tells the mean difference, its interval and its p values. Ctrl-C keeps
the lines that are printed; exit code 130.`,
  flags: FLAGS,
  run: async (flags, io) => {
    const { n, seed } = flags;
    const k = flags.k ?? USUAL_K.filter((each) => each <= n);
    const tooLarge = k.find((each) => each > n);
    if (tooLarge !== undefined) throw new InputError(`--k ${tooLarge} needs as many rollouts, but --n is ${n}.`);
    const { source, prompts } = await problemsOf(flags, io);
    const samplers = await samplersOf(flags);
    const engines: PolicyEngine[] = [];
    try {
      const policies: { engine: PolicyEngine; tokenizer: CharacterTokenizer; name: string }[] = [];
      for (const name of flags.against === null ? [flags.model] : [flags.model, flags.against]) {
        const model = await readModel(name);
        const tokenizer = tokenizerFor(model, source, name);
        const engine = await createEngine(flags.backend, model.config, model.parameters, io);
        engines.push(engine);
        policies.push({ engine, tokenizer, name });
      }
      const maxNewTokens = flags.maxTokens ?? source.task.maxCompletion;
      await withInterrupt(async (signal) => {
        for (const { tau, sampler } of samplers) {
          const note = throttledNotes(io);
          const rule = tau === null ? `the rule ${sampler.temperature.rule}` : `tau ${tau}`;
          const [evaluation, other] = await inOrder(policies, ({ engine, tokenizer, name }) =>
            evaluatePolicy({
              ...{ engine, tokenizer, source, sampler, maxNewTokens, n, k, prompts, seed, signal },
              onProgress: (done) =>
                note(`${name}, ${rule}: ${(100 * done).toFixed(0)} % of ${prompts * (n + 1)} rollouts.`),
            }),
          );
          const against = other === undefined ? null : compareEvaluations(other, evaluation!);
          await io.result(JSON.stringify(evaluationLine(evaluation!, tau, { against, withPrompts: flags.perPrompt })));
        }
      });
    } finally {
      for (const engine of engines) engine.destroy();
    }
  },
});

async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Where the problems come from, and how many are asked for: of a user's own, no more than there are. */
async function problemsOf(
  { task: name, difficulty, prompts, problems, verifier }: EvaluateFlags,
  io: Io,
): Promise<{ source: ProblemSource; prompts: number }> {
  try {
    const task = taskByName(name);
    if (problems === null) return { source: taskSource(task, difficulty ?? task.recipe.difficulty), prompts };
    if (difficulty !== null) throw new InputError('--difficulty and --problems cannot be given together.');
    const source = await readProblems(problems, task, verifier, 'held-out');
    const there = source.counts['held-out'];
    if (there < prompts) io.note(`${problems} has ${there} held-out problems, so there are no more than that.`);
    return { source, prompts: Math.min(there, prompts) };
  } catch (error) {
    throw error instanceof RangeError ? new InputError(error.message) : error;
  }
}

/** A sampler for each line. Its tau is null when a rule decides. */
async function samplersOf({
  config,
  tau,
  topP,
}: EvaluateFlags): Promise<{ tau: number | null; sampler: SamplerConfig }[]> {
  const { sampler: base } = await readGenerateSettings(config);
  const { truncation } = base;
  const given = { ...base, truncation: topP === null ? truncation : { ...truncation, topP } };
  if (tau === null && config !== null) {
    const { temperature } = given;
    return [{ tau: temperature.rule === 'fixed' ? temperature.tau : null, sampler: given }];
  }
  return (tau ?? [1]).map((each) => ({
    tau: each,
    sampler: parseSamplerConfig({ ...given, temperature: { rule: 'fixed', tau: each } }, 'evaluation'),
  }));
}

/** The model's tokenizer. @throws InputError when it cannot read and write the task */
function tokenizerFor(
  { tokenizer, tokenizerNote }: LoadedCheckpoint,
  { task }: ProblemSource,
  folder: string,
): CharacterTokenizer {
  if (tokenizer === null) throw new InputError(`${folder} has no tokenizer that runs here. ${tokenizerNote}`);
  const missing = [...task.alphabet].filter((character) => !tokenizer.alphabet.includes(character));
  if (missing.length > 0)
    throw new InputError(
      `${folder} was not made for the task ${task.name}: its alphabet ${JSON.stringify(tokenizer.alphabet)} lacks ${missing.map((character) => JSON.stringify(character)).join(' and ')}.`,
    );
  return tokenizer;
}
