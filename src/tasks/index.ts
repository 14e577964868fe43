import { addition } from './addition.ts';
import { countdown } from './countdown.ts';
import { derivative } from './derivative.ts';
import { gridPath } from './gridPath.ts';
import { linearEquation } from './linearEquation.ts';
import { parity } from './parity.ts';
import { tableNavigation } from './tableNavigation.ts';
import type { Task } from './task.ts';

/** A task whose problems only it can read: what it generates and parses, it gets back unlooked at. */
function registered<Problem>(task: Task<Problem>): Task {
  // Sound as long as problems of one task are never given to another, which `unknown` cannot say.
  return task as unknown as Task;
}

/** Every task of the laboratory, in the order they are shown. */
export const tasks: readonly Task[] = [
  registered(countdown),
  registered(tableNavigation),
  registered(parity),
  registered(gridPath),
  registered(linearEquation),
  registered(derivative),
  registered(addition),
];

/**
 * The task of a folder or command-line name.
 * @throws RangeError that lists the names
 */
export function taskByName(name: string): Task {
  const task = tasks.find((candidate) => candidate.name === name);
  if (!task)
    throw new RangeError(
      `There is no task ${JSON.stringify(name)}; the tasks are ${tasks.map((t) => t.name).join(', ')}.`,
    );
  return task;
}
