// What runs of this project gave: the data that docs/RESULTS.md is made of, with the same views as one's own.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Results } from '../../../experiments/results.ts';
import { type CommittedIndex, type CommittedPreset, fetchIndex, fetchResults } from '../../../lab/results/committed.ts';
import { sizeText } from '../../../lab/results/words.ts';
import { Button } from '../../kit/Button.tsx';
import { Notice } from '../../kit/Notice.tsx';
import { ResultMenu } from './ResultMenu.tsx';
import { ResultView } from './ResultView.tsx';
import { experimentsView, forgetChoice } from './viewStore.ts';

type Fetched<T> = { readonly value: T } | { readonly failure: string } | null;

/** @param what the same function as long as the same is wanted */
function useFetched<T>(what: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ readonly of: typeof what; readonly fetched: Fetched<T> } | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    what(abort.signal).then(
      (value) => setState({ of: what, fetched: { value } }),
      (cause: unknown) => {
        if (!abort.signal.aborted)
          setState({ of: what, fetched: { failure: cause instanceof Error ? cause.message : String(cause) } });
      },
    );
    return () => abort.abort();
  }, [what]);
  return state?.of === what ? state.fetched : null;
}

export function Committed() {
  const index = useFetched(fetchIndex);
  const file = useStore(experimentsView, (state) => state.committed);
  if (index === null) return <p className="room-coming">Fetching the results …</p>;
  if ('failure' in index) return <Notice tone="problem">{index.failure}</Notice>;
  if (index.value === null || index.value.presets.length === 0)
    return <p className="quiet">This copy of the page comes without results.</p>;
  const chosen = index.value.presets.find((preset) => preset.file === file);
  return chosen === undefined ? <Index index={index.value} /> : <One key={chosen.file} preset={chosen} />;
}

const look = (file: string | null) => {
  forgetChoice();
  experimentsView.setState({ committed: file });
};

function Index({ index }: { readonly index: CommittedIndex }) {
  return (
    <>
      <h2 className="unseen">Results of this project</h2>
      <p>
        Real runs of this project, made with the command line. Nulls are results too: where no difference was found, it
        says so.
      </p>
      <ul className="compare-presets">
        {index.presets.map(({ name, file, findings }) => (
          <li key={file} className="sheet preset" aria-label={name}>
            <h3>{name}</h3>
            <Findings findings={findings} />
            <div className="preset-actions">
              <Button look="primary" onClick={() => look(file)}>
                Look at the data
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function One({ preset: { name, file, findings } }: { readonly preset: CommittedPreset }) {
  const [fetchOne] = useState(
    () =>
      (signal: AbortSignal): Promise<Results> =>
        fetchResults(file, signal),
  );
  const results = useFetched(fetchOne);
  return (
    <article className="looked" aria-label={name}>
      <header className="looked-head">
        <Button look="quiet" icon="back" onClick={() => look(null)}>
          All results
        </Button>
        <h2>{name}</h2>
        {results !== null && 'value' in results && (
          <span className="looked-actions">
            <ResultMenu results={results.value} id={null} />
          </span>
        )}
      </header>
      <Findings findings={findings} isSheet />
      {results === null && <p className="room-coming">Fetching the results …</p>}
      {results !== null && 'failure' in results && <Notice tone="problem">{results.failure}</Notice>}
      {results !== null && 'value' in results && (
        <>
          <p>{results.value.experiment.question}</p>
          <p className="quiet">
            {sizeText(results.value.experiment)}.
            {results.value.experiment.look !== '' && ` What to look at: ${results.value.experiment.look}`}
          </p>
          <ResultView results={results.value} />
        </>
      )}
    </article>
  );
}

function Findings({
  findings: { agrees, disagrees, open },
  isSheet = false,
}: Pick<CommittedPreset, 'findings'> & { readonly isSheet?: boolean }) {
  const groups = [
    { title: 'Agrees with the paper', sentences: agrees },
    { title: 'Does not agree', sentences: disagrees },
    { title: 'Cannot be said', sentences: open },
  ].filter(({ sentences }) => sentences.length > 0);
  if (groups.length === 0) return null;
  return (
    <div className={isSheet ? 'sheet findings' : 'findings'}>
      {groups.map(({ title, sentences }) => (
        <section key={title} aria-label={title}>
          {isSheet ? <h3>{title}</h3> : <h4>{title}</h4>}
          <ul>
            {sentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
