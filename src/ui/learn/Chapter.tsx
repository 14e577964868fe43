import { type ReactNode, useId } from 'react';

interface Question {
  readonly ask: string;
  readonly answer: ReactNode;
}

/** One idea: what it is, its figure, and a question to answer before the answer is opened. */
export function Chapter({
  number,
  title,
  source,
  text,
  question,
  children,
}: {
  readonly number: number;
  readonly title: string;
  /** Where the idea comes from. */
  readonly source: string;
  readonly text: ReactNode;
  readonly question: Question;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="chapter" aria-labelledby={id}>
      <div className="chapter-text">
        <h2 id={id}>
          <span className="chapter-number">{number}</span> {title}
        </h2>
        {text}
        <p className="source">{source}</p>
        <details className="question">
          <summary>{question.ask}</summary>
          <div>{question.answer}</div>
        </details>
      </div>
      <div className="chapter-figure">{children}</div>
    </section>
  );
}
