// The worker's side of the Real model room: one language model, and the groups of rollouts that are stepped on it.

import { loadModel } from '../../llm/loadModel.ts';
import type { Judge } from '../../llm/problems/problem.ts';
import type { LlmGroup, LlmSession } from '../../llm/session.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import type { Service } from '../call.ts';
import type { Tell } from '../protocol.ts';
import type { GroupView, KnownAlternatives, RealCalls } from './calls.ts';

const sameSampler = (a: SamplerConfig, b: SamplerConfig) => JSON.stringify(a) === JSON.stringify(b);

export function realService(tell: Tell): Service<RealCalls> {
  let loaded: LlmSession | null = null;
  const groups = new Map<number, LlmGroup>();
  /** Tokens whose text the page knows. */
  const told = new Set<number>();
  let ids = 0;

  const session = (): LlmSession => {
    if (loaded === null) throw new Error('No model is loaded.');
    return loaded;
  };
  const groupOf = (id: number): LlmGroup => {
    const group = groups.get(id);
    if (group === undefined) throw new Error('These rollouts are not there any more.');
    return group;
  };
  const piecesOf = (lists: readonly ArrayLike<number>[]): GroupView['pieces'] => {
    const fresh = [...new Set(lists.flatMap((list) => Array.from(list)))].filter((id) => !told.has(id));
    for (const id of fresh) told.add(id);
    return session()
      .pieces(fresh)
      .map((text, at) => [fresh[at]!, text] as const);
  };
  const view = (id: number): GroupView => {
    const group = groupOf(id);
    const { promptIds, rollouts, steps, isDone } = group;
    return {
      id,
      promptIds,
      promptText: session().decode(promptIds, 'keep'),
      rollouts,
      texts: rollouts.map((rollout) => session().decode(rollout.ids, 'drop')),
      pieces: piecesOf([promptIds, ...rollouts.map((rollout) => rollout.ids)]),
      steps,
      isDone,
      queues: group.queues(),
    };
  };
  /** A group that cannot take its first step is of no use. */
  const orDrop = async (id: number, work: () => Promise<void>) => {
    try {
      await work();
    } catch (cause) {
      groups.get(id)?.dispose();
      groups.delete(id);
      throw cause;
    }
  };
  const keep = (group: LlmGroup): number => {
    ids += 1;
    groups.set(ids, group);
    return ids;
  };

  return {
    'real/load': async ({ source, dtype, device }, { signal, progress }) => {
      loaded = await loadModel(source, { dtype, device, signal, onProgress: progress });
      void loaded.lost.then((sentence) => tell('real/lost', sentence));
      const { name, adapter, description, stopTokens, hasChatTemplate } = loaded;
      const pieces = loaded.pieces(stopTokens);
      return {
        name,
        dtype,
        device,
        adapter,
        description,
        stopTokens: stopTokens.map((id, at) => ({ id, piece: pieces[at]! })),
        hasChatTemplate,
      };
    },
    'real/start': async ({ prompt, stopText, ...request }, { signal }) => {
      const model = session();
      const promptIds = model.encode(prompt);
      const last = stopText === null ? undefined : model.encode({ text: stopText }).at(-1);
      const stopTokens = last === undefined ? model.stopTokens : [...new Set([...model.stopTokens, last])];
      const group = await model.start({ ...request, promptIds, stopTokens, signal });
      const id = keep(group);
      await orDrop(id, () => group.step({ signal }));
      return view(id);
    },
    'real/play': async ({ group: id, sampler, count }, { signal, progress }) => {
      const group = groupOf(id);
      if (!sameSampler(group.sampler, sampler)) await group.setSampler(sampler);
      await untilCancelled(signal, () => group.play(count, { signal, onStep: paced(() => progress(view(id))) }));
      return view(id);
    },
    'real/back': async ({ group, steps }) => {
      await groupOf(group).back(steps);
      return view(group);
    },
    'real/branch': async ({ group, steps, ...request }, { signal, progress }) => {
      const branch = await groupOf(group).branch({ ...request, signal });
      const id = keep(branch);
      // The token that was chosen comes before anything can be cancelled.
      await orDrop(id, () => branch.step());
      const rest = steps - branch.steps;
      if (rest > 0)
        await untilCancelled(signal, () => branch.play(rest, { signal, onStep: paced(() => progress(view(id))) }));
      return view(id);
    },
    'real/alternatives': async ({ group, row, index, count }): Promise<KnownAlternatives> => {
      const found = await groupOf(group).alternatives(row, index, count);
      return { ...found, pieces: piecesOf([found.ids]) };
    },
    'real/cell': async ({ experiment, cell, queuesBefore }, { signal, progress }) => {
      const model = session();
      const { drawModelCell } = await import('../../experiments/model/drawCell.ts');
      const isMath = experiment.questions[cell.question]?.check.kind === 'math';
      let at = { steps: 0, mostSteps: 0 };
      const tell = paced(() => progress(at));
      return drawModelCell(model, experiment, cell, {
        queuesBefore,
        judge: isMath ? await judgeOfMath() : noMath,
        signal,
        onStep: (steps, mostSteps) => {
          at = { steps, mostSteps };
          tell();
        },
      });
    },
    'real/drop': async ({ group }) => {
      groups.get(group)?.dispose();
      groups.delete(group);
      return null;
    },
    'real/judge': async ({ answer, completions }) => {
      const judge = await judgeOfMath();
      return completions.map((completion) => judge({ answer }, completion));
    },
  };
}

/** Loads what answers are compared with. */
async function judgeOfMath(): Promise<Judge> {
  const { loadJudge } = await import('../../llm/problems/problem.ts');
  return loadJudge();
}

/** Of questions that are not asked it. */
const noMath: Judge = () => {
  throw new Error('This is no question of mathematics.');
};

/** A cancelled play is no failure: it ends where it stands. */
async function untilCancelled(signal: AbortSignal, play: () => Promise<void>): Promise<void> {
  try {
    await play();
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}

/** The page draws a few times a second at most. */
function paced(tell: () => void): () => void {
  let at = performance.now();
  return () => {
    if (performance.now() - at < 250) return;
    tell();
    at = performance.now();
  };
}
