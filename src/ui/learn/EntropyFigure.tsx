import { entropyOf } from '../../lab/learn/entropy.ts';
import type { LearnState } from '../../lab/learn/store.ts';
import { temperedProbabilities } from '../../lab/tempered.ts';
import { Bars } from './Bars.tsx';
import { Chapter } from './Chapter.tsx';
import { Passage } from './Passage.tsx';

export function EntropyFigure({ state, look }: { readonly state: LearnState; readonly look: (place: number) => void }) {
  const p = state.logp1 === null ? null : temperedProbabilities(state.logp1, 1);
  const most = Math.log(Math.max(2, state.tokens.length));
  const entropy = p === null ? null : entropyOf(p);
  const written = state.completion[state.place] ?? '';
  return (
    <Chapter
      number={1}
      title="Entropy"
      source="H = −Σ p ln p, Shannon 1948; of tokens: arXiv 2506.01939"
      text={
        <p>
          Before each token the policy has a probability for every character. Their entropy says in one number how
          undecided it is: 0 nats when one character has it all, ln V
          {state.tokens.length > 0 && ` = ${most.toFixed(2)}`} nats when all V
          {state.tokens.length > 0 && ` = ${state.tokens.length}`} are alike.
        </p>
      }
      question={{
        ask: 'Walk through the example: where does the policy hesitate, and where does it not?',
        answer: (
          <p>
            It hesitates at forks, where several continuations are right and the choice decides what comes of it, and
            hardly at knowledge, which follows from what is written. Entropy tells the two apart without being told
            which is which. That is all the method knows.
          </p>
        ),
      }}
    >
      <Passage state={state} look={look} />
      <p className="reading" aria-live="polite">
        <var>H</var> ={' '}
        <output data-testid="learn-entropy">{entropy === null ? '…' : `${entropy.toFixed(3)} nats`}</output>
        <span className="meter" aria-hidden="true">
          <span style={{ width: `${entropy === null ? 0 : (100 * entropy) / most}%` }} />
        </span>
      </p>
      <Bars
        tokens={state.tokens}
        order={p}
        right={written}
        series={p === null ? [] : [{ name: 'probability at τ = 1', kind: 'raw', p }]}
      />
    </Chapter>
  );
}
