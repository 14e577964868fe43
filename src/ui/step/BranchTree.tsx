// The branches as a small tree: which token was taken where, and what it did to the outcome and the reward.

import { type Branch, inTreeOrder, isWhole } from '../../lab/step/branches.ts';
import { endWords, rolloutFacts, tokenText } from '../../lab/step/facts.ts';
import type { Strip } from '../../lab/step/take.ts';
import { IconButton } from '../kit/Button.tsx';
import { useShown, useTokenRoom } from './roomContext.ts';

export function BranchTree() {
  const room = useTokenRoom();
  const { group, branch: current } = useShown();
  if (group.branches.length === 1)
    return (
      <>
        <header className="step-panel-head">
          <h2>Branches</h2>
        </header>
        <p className="quiet step-note">
          Click a token that was not taken in the distribution: the rollout goes on from there, and the change of its
          reward stands here.
        </p>
      </>
    );
  return (
    <>
      <header className="step-panel-head">
        <h2>Branches</h2>
      </header>
      <ul className="step-tree">
        {inTreeOrder(group.branches).map(({ branch, depth }) => (
          <li key={branch.id} style={{ paddingLeft: `${depth * 1.1}rem` }}>
            <button
              type="button"
              className="step-branch"
              aria-pressed={branch.id === current.id}
              onClick={() => room.showBranch(branch.id)}
            >
              <BranchName branch={branch} />
            </button>
            {branch.parent !== null && (
              <IconButton icon="close" label="Remove this branch" onClick={() => room.removeBranch(branch.id)} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function BranchName({ branch }: { readonly branch: Branch }) {
  const { group } = useShown();
  const { fork, parent } = branch;
  if (fork === null || parent === null) {
    const verdicts = branch.strips.map((strip) => rolloutFacts(group, strip).verdict);
    const solved = verdicts.filter((verdict) => (verdict?.reward ?? 0) > 0).length;
    const isKnown = branch.strips.every((_, row) => isWhole(branch, row));
    const isJudged = verdicts.some((verdict) => verdict !== null);
    return (
      <>
        <span>as sampled</span>
        <span className="quiet">
          {!isKnown ? 'not finished' : isJudged ? `${solved} of ${branch.strips.length} solve it` : 'finished'}
        </span>
      </>
    );
  }
  const from = group.branches.find(({ id }) => id === parent)!;
  const before = from.strips[fork.row]!;
  const after = branch.strips[fork.row]!;
  const outcome = (of: Branch, strip: Strip) =>
    isWhole(of, fork.row) ? (rolloutFacts(group, strip).verdict?.outcome ?? endWords(strip.rollout)) : 'not finished';
  const [judgedBefore, judgedAfter] = [before, after].map((strip) => rolloutFacts(group, strip).verdict);
  const was = before.rollout.ids[fork.index];
  return (
    <>
      <span>
        <span aria-hidden="true">↳ </span>
        rollout {fork.row + 1}, token {fork.index + 1}:{' '}
        <code>{was === undefined ? '–' : tokenText(group.view, was)}</code> →{' '}
        <code>{tokenText(group.view, fork.token)}</code>
        {fork.noise === 'fresh' && <span className="quiet"> fresh noise</span>}
      </span>
      <span className="quiet">
        {outcome(from, before)} → {outcome(branch, after)}
        {isWhole(from, fork.row) && isWhole(branch, fork.row) && judgedBefore && judgedAfter && (
          <b className="figures">
            {' '}
            R {judgedBefore.reward} → {judgedAfter.reward}
          </b>
        )}
      </span>
    </>
  );
}
