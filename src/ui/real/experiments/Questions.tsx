// Question by question: how many rollouts of each rule were right, and what they wrote.

import { type CSSProperties, useEffect, useRef, useState } from 'react';
import type { ModelFindings, QuestionFindings } from '../../../experiments/model/findings.ts';
import type { ReadCell } from '../../../lab/real/experiments/state.ts';
import { Button } from '../../kit/Button.tsx';
import { BareSelect } from '../../kit/Select.tsx';
import { MarkedCompletion } from '../../train/MarkedCompletion.tsx';
import { useReal } from '../realContext.ts';

const ROWS = 20;
const ALL = '';

interface Place {
  readonly question: number;
  readonly arm: number;
}

export function Questions({ id, findings }: { readonly id: string; readonly findings: ModelFindings }) {
  const { questions, arms, domains, rollouts } = findings;
  const [domain, setDomain] = useState(ALL);
  const [rows, setRows] = useState(ROWS);
  const [looked, setLooked] = useState<Place | null>(null);
  const listed = questions
    .map((question, index) => ({ question, index }))
    .filter(({ question }) => domain === ALL || question.domain === domain);
  return (
    <section className="sheet" aria-label="Questions">
      <div className="result-curves-head">
        <h3>Question by question</h3>
        {domains.length > 1 && (
          <BareSelect
            label="Questions of the domain"
            value={domain}
            choices={[{ value: ALL, label: 'all domains' }, ...domains.map((value) => ({ value, label: value }))]}
            onChange={setDomain}
          />
        )}
      </div>
      <p className="quiet">Right rollouts of {rollouts}. A number opens what was written.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="scrolls" tabIndex={0} aria-label="Table of questions">
        <table className="model-questions figures">
          <thead>
            <tr>
              <th scope="col">question</th>
              {arms.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
              <th scope="col">answer</th>
              <th scope="col">in words</th>
            </tr>
          </thead>
          <tbody>
            {listed.slice(0, rows).map(({ question, index }) => (
              <tr key={question.id}>
                <th scope="row">{question.id}</th>
                {question.correct.map((correct, arm) => (
                  <td key={arms[arm]!.name}>
                    {correct === null ? (
                      <span className="quiet">not drawn</span>
                    ) : (
                      <button
                        type="button"
                        className="heat-cell model-right"
                        style={{ '--heat': correct / rollouts } as CSSProperties}
                        aria-pressed={looked?.question === index && looked.arm === arm}
                        aria-label={`${question.id} by ${arms[arm]!.name}: ${correct} of ${rollouts} right`}
                        onClick={() => setLooked({ question: index, arm })}
                      >
                        {correct} of {rollouts}
                      </button>
                    )}
                  </td>
                ))}
                <td>
                  {question.answer === null ? (
                    <span className="quiet">by its verifier</span>
                  ) : (
                    <code>{question.answer}</code>
                  )}
                </td>
                <td className="model-words">{question.words}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows < listed.length && (
        <p className="quiet figures">
          {rows} of {listed.length} questions{' '}
          <Button look="quiet" onClick={() => setRows(rows + 5 * ROWS)}>
            More
          </Button>
        </p>
      )}
      {looked !== null && (
        <Written
          key={`${looked.question} ${looked.arm}`}
          id={id}
          place={looked}
          question={questions[looked.question]!}
          rule={arms[looked.arm]!.name}
          onClose={() => setLooked(null)}
        />
      )}
    </section>
  );
}

/** The rollouts of one cell. */
function Written({
  id,
  place,
  question,
  rule,
  onClose,
}: {
  readonly id: string;
  readonly place: Place;
  readonly question: QuestionFindings;
  readonly rule: string;
  readonly onClose: () => void;
}) {
  const { experiments } = useReal();
  const [cell, setCell] = useState<ReadCell | null>(null);
  const box = useRef<HTMLElement>(null);
  // The table may be long, and this stands below it.
  useEffect(() => {
    if (cell !== null) box.current?.scrollIntoView({ block: 'nearest' });
  }, [cell]);
  useEffect(() => {
    let isHere = true;
    void experiments.read(id, place).then((read) => {
      if (isHere) setCell(read);
    });
    return () => {
      isHere = false;
    };
  }, [experiments, id, place]);
  return (
    <section ref={box} className="model-written" aria-label={`What was written: ${question.id} by ${rule}`}>
      <div className="result-curves-head">
        <h4>
          {question.id} by {rule}
        </h4>
        <Button look="quiet" icon="close" onClick={onClose}>
          Close
        </Button>
      </div>
      <p>{question.words}</p>
      {cell === null ? (
        <p className="quiet">Reading …</p>
      ) : (
        <>
          <p className="quiet">
            <span className="hot">▲ hot</span> tokens stand raised and underlined, <span className="cold">▼ cold</span>{' '}
            ones plain; point at a token for its numbers.
          </p>
          <ol className="model-completions">
            {cell.records.map((record, i) => (
              <li key={record.member}>
                <p className="figures">
                  <b>{record.reward === 1 ? '✓ right' : record.outcome}</b>
                  {cell.extracted[i] != null && (
                    <>
                      , answer <code>{cell.extracted[i]}</code>
                    </>
                  )}
                  <span className="quiet">
                    {' '}
                    · {record.ids.length} tokens{record.finished ? '' : ', cut'}
                    {record.ladderOffset !== 0 &&
                      ` · ladder ${record.ladderOffset > 0 ? '+' : ''}${record.ladderOffset}`}
                  </span>
                </p>
                <MarkedCompletion rollout={record} pieces={record.ids.map((token) => cell.pieces.get(token) ?? '')} />
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
