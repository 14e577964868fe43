// What a request for rollouts must be; every engine checks it the same way.

import type { PolicyConfig } from './config.ts';
import type { GenerateRequest } from './engine.ts';

/** Thrown for rollouts that cannot be generated; one sentence. */
export class RequestError extends RangeError {
  override readonly name = 'RequestError';
}

/** @throws RequestError naming the row and what is accepted. */
export function checkRequest(request: GenerateRequest, config: PolicyConfig): void {
  const { prompts, group, maxNewTokens, stopTokens, forced } = request;
  if (prompts.length === 0) throw new RequestError('There is no prompt to roll out.');
  if (group !== undefined && group.length !== prompts.length)
    throw new RequestError(`There are ${prompts.length} prompts but ${group.length} groups.`);
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new RequestError(`maxNewTokens must be a whole number of at least 1, but it is ${maxNewTokens}.`);
  if (forced !== undefined && forced.length !== prompts.length)
    throw new RequestError(`There are ${prompts.length} prompts but ${forced.length} lists of forced tokens.`);
  prompts.forEach((ids, row) => {
    if (ids.length === 0) throw new RequestError(`The prompt of row ${row} is empty.`);
    if (ids.length + maxNewTokens > config.maxPositions)
      throw new RequestError(
        `Row ${row} needs ${ids.length} + ${maxNewTokens} positions, but this policy takes at most ${config.maxPositions}.`,
      );
    checkIds(ids, `in the prompt of row ${row}`, config);
  });
  checkIds(stopTokens, 'among the stop tokens', config);
  forced?.forEach((ids, row) => {
    checkIds(ids, `among the forced tokens of row ${row}`, config);
  });
}

function checkIds(ids: ArrayLike<number>, where: string, { vocabulary }: PolicyConfig): void {
  const wrong = Array.from(ids).find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (wrong !== undefined)
    throw new RequestError(`The token id ${wrong} ${where} is not an id of this policy (0 to ${vocabulary - 1}).`);
}

/** The group of every row: as requested, or each row its own. */
export function groupOf(request: GenerateRequest): Int32Array {
  return request.group ?? Int32Array.from(request.prompts, (_, row) => row);
}
