// A base policy as a folder: a checkpoint, base.json and the model card, and the figures that these tell.

import path from 'node:path';
import {
  BASE_FILE,
  BASE_VERSION,
  type BaseFigures,
  type BaseRecord,
  baseFigures,
  CARD_FILE,
  MEASURED,
  sha256Hex,
  writeBaseRecord,
} from '../grpo/baseRecord.ts';
import { CODE_VERSION } from '../grpo/codeVersion.ts';
import { evaluatePolicy } from '../grpo/evaluation.ts';
import { modelCard } from '../grpo/modelCard.ts';
import type { PretrainConfig } from '../grpo/pretrainConfig.ts';
import { WEIGHTS_FILE } from '../policy/checkpoint.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { parameterCount } from '../policy/parameters.ts';
import { taskStopToken, taskTokenizer } from '../policy/taskTokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { type Io, readBytes, writeBytes } from './io.ts';
import { writeModel } from './modelFolder.ts';
import { throttledNotes } from './progress.ts';

/** Writes the checkpoint of a base, with a card that has no figures yet. */
export async function writeBase(
  folder: string,
  config: PretrainConfig,
  stepsTaken: number,
  engine: PolicyEngine,
): Promise<BaseRecord> {
  const task = taskByName(config.task);
  const tokenizer = taskTokenizer(task);
  await writeModel(
    folder,
    {
      config: engine.config,
      parameters: await engine.readParameters(),
      generation: { stopTokens: [taskStopToken(task, tokenizer)], padToken: tokenizer.padId, beginToken: null },
      tokenizer,
      trainer: null,
    },
    true,
  );
  const record: BaseRecord = {
    version: BASE_VERSION,
    config,
    stepsTaken,
    parameters: parameterCount(engine.config),
    engine: { version: CODE_VERSION, backend: engine.backend, adapter: engine.adapter },
    weightsSha256: await sha256Hex(await readBytes(path.join(folder, WEIGHTS_FILE))),
    figures: [],
  };
  await describeBase(folder, record);
  return record;
}

/** Writes base.json and the model card. */
export async function describeBase(folder: string, record: BaseRecord): Promise<void> {
  await writeBytes(path.join(folder, BASE_FILE), writeBaseRecord(record));
  await writeBytes(path.join(folder, CARD_FILE), new TextEncoder().encode(modelCard(record)));
}

/** What the card tells: an evaluation at each temperature of MEASURED, with the k of it that n rollouts allow. */
export async function measureBase(
  { task: name, difficulty }: PretrainConfig,
  engine: PolicyEngine,
  { n, prompts }: { readonly n: number; readonly prompts: number },
  signal: AbortSignal,
  io: Io,
): Promise<BaseFigures[]> {
  const { taus, k, seed } = MEASURED;
  const task = taskByName(name);
  const note = throttledNotes(io);
  const figures: BaseFigures[] = [];
  for (const tau of taus) {
    const evaluation = await evaluatePolicy({
      engine,
      tokenizer: taskTokenizer(task),
      source: taskSource(task, difficulty),
      sampler: parseSamplerConfig({ temperature: { rule: 'fixed', tau } }, 'evaluation'),
      n,
      k: k.filter((each) => each <= n),
      prompts,
      seed,
      signal,
      onProgress: (done) => note(`Measuring at tau ${tau}: ${(100 * done).toFixed(0)} %.`),
    });
    figures.push(baseFigures(evaluation, tau));
  }
  return figures;
}
