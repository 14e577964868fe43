// What is said of the tokens of a shown group beside what the sampler recorded.

import { completionText } from '../../grpo/completionText.ts';
import type { Rollout } from '../../policy/engine.ts';
import { characterRoles } from '../../tasks/characterRoles.ts';
import type { Role } from '../../tasks/task.ts';
import type { Branch } from './branches.ts';
import type { PolicyView } from './calls.ts';
import type { ShownGroup } from './group.ts';
import { tokenizerOf } from './posed.ts';
import type { JudgedToken } from './relabel.ts';
import { isHotAt } from './relabel.ts';
import type { Strip } from './take.ts';

export interface RolloutFacts {
  readonly text: string;
  /** One entry a token; it follows from what stands before the token, and from the token only whether it is legal. */
  readonly roles: readonly (Role | null)[];
  /** Of the whole rollout; a record may have rewards and outcomes of its own. null: nothing judges it, or not yet. */
  readonly verdict: Verdict | null;
}

export interface Verdict {
  readonly reward: number;
  readonly outcome: string;
}

const known = new WeakMap<Strip, RolloutFacts>();

/** Worked out once a strip. */
export function rolloutFacts({ posed, view }: Pick<ShownGroup, 'posed' | 'view'>, strip: Strip): RolloutFacts {
  const before = known.get(strip);
  if (before !== undefined) return before;
  const text = completionText(strip.rollout.ids, tokenizerOf(view));
  const { task, problem } = posed;
  const { roles } = characterRoles(problem, task?.alphabet ?? '', text);
  const facts = { text, roles, verdict: problem.verify(text) };
  known.set(strip, facts);
  return facts;
}

/** Keeps what is known of a rollout that was not sampled by a small policy here: what a record or a judge says. */
export function rememberFacts(strip: Strip, facts: RolloutFacts): void {
  known.set(strip, facts);
}

const VISIBLE: Readonly<Record<string, string>> = { ' ': '␣', '\n': '↵', '\r': '␍', '\t': '⇥' };

/** A token as it is shown: white space by a sign, special tokens in full. */
export function tokenText({ tokens }: Pick<PolicyView, 'tokens'>, id: number): string {
  // A token may be nothing by itself.
  return visible(tokens[id] ?? '') || `#${id}`;
}

/** White space by signs. */
export function visible(text: string): string {
  return text.replaceAll(/[ \n\r\t]/g, (space) => VISIBLE[space]!);
}

/** What a finished rollout is said to be where nothing judges it. */
export function endWords({ finished }: Pick<Rollout, 'finished'>): string {
  return finished ? 'ended' : 'cut';
}

/** Every revealed token of the group, hot as it was recorded or by another threshold. */
export function judgedTokens(group: ShownGroup, branch: Branch, whatIfNats: number | null): JudgedToken[] {
  return branch.strips.flatMap((strip, row) => {
    const { roles } = rolloutFacts(group, strip);
    const { entropyNats, hot } = strip.rollout;
    return Array.from({ length: branch.revealed[row]! }, (_, t) => ({
      entropyNats: entropyNats[t]!,
      role: roles[t] ?? null,
      isHot: isHotNow(strip, t, hot[t] === 1, whatIfNats),
    }));
  });
}

/** Hot as recorded, or by another threshold under the tie rule that the token was drawn with. */
export function isHotNow(strip: Strip, index: number, wasHot: boolean, whatIfNats: number | null): boolean {
  if (whatIfNats === null) return wasHot;
  return isHotAt(strip.rollout.entropyNats[index]!, whatIfNats, strip.takes[index]?.sampler.tie ?? 'strict');
}

/** The entropy that fills a bar: half a nat above the largest of the group, or that of a uniform distribution. */
export function entropyScaleNats({ view }: Pick<ShownGroup, 'view'>, strips: readonly Strip[]): number {
  const most = strips.reduce(
    (largest, { rollout }) => rollout.entropyNats.reduce((a, b) => Math.max(a, b), largest),
    0,
  );
  return Math.min(Math.log(view.tokens.length), Math.max(1, Math.ceil(2 * most + 0.2) / 2));
}
