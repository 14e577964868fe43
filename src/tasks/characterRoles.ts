// The true role of every place that a completion filled, the first illegal one included. A place's role follows from
// what stands before it, so it is known also where the policy put something illegal.

import type { PosedProblem } from './source.ts';
import type { Role } from './task.ts';

export interface CharacterRoles {
  /** One entry a character: what its place is; null after the first illegal character, or where no role is known. */
  readonly roles: readonly (Role | null)[];
  /** Characters before the first illegal one. */
  readonly legal: number;
}

/**
 * Roles of the places of `completion`.
 * @param alphabet the characters that may be legal
 */
export function characterRoles(
  problem: Pick<PosedProblem, 'roles'>,
  alphabet: string,
  completion: string,
): CharacterRoles {
  const roles = [...problem.roles(completion)];
  const fault = roles.indexOf(null);
  if (fault === -1) return { roles, legal: completion.length };
  const before = completion.slice(0, fault);
  for (const character of alphabet) {
    const role = problem.roles(before + character)[fault] ?? null;
    if (role === null) continue;
    roles[fault] = role;
    break;
  }
  return { roles, legal: fault };
}
