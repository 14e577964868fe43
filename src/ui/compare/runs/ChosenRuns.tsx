// The run that is chosen in the table, or two of them side by side.

import { useStore } from 'zustand';
import { chosenFields, shortHash } from '../../../grpo/runIdentity.ts';
import { labelOf, placeText } from '../../../lab/compare/differing.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { Button } from '../../kit/Button.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { RunDiff } from './RunDiff.tsx';

export function ChosenRuns({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { compare } = useLaboratory();
  const chosen = useStore(compare, (state) => state.chosen);
  const found = chosen.flatMap((id) => runs.find(({ run }) => run.id === id) ?? []);
  const [first, second] = found;
  if (first === undefined)
    return (
      <p className="quiet runs-hint">
        {runs.length === 1
          ? 'Train another run with one setting changed: what differs between them becomes a column.'
          : 'Choose two runs by their names, to see them side by side.'}
      </p>
    );
  return (
    <section className="runs-chosen" aria-label={second === undefined ? 'The chosen run' : 'The two chosen runs'}>
      <div className="runs-head">
        <h3>{second === undefined ? first.run.name : 'Two runs side by side'}</h3>
        <div className="runs-tools">
          {second === undefined && <RunButtons compared={first} />}
          <Button look="quiet" onClick={() => compare.change({ chosen: [] })}>
            Choose none
          </Button>
        </div>
      </div>
      {second === undefined ? <OneRun compared={first} /> : <RunDiff first={first} second={second} />}
    </section>
  );
}

function RunButtons({ compared }: { readonly compared: ComparedRun }) {
  const { train, settings } = useLaboratory();
  const { run, activity, problem } = compared;
  const openHere = useStore(train, (state) => state.run?.run.id ?? null);
  const open = async () => {
    settings.go('train');
    if (openHere !== run.id) await train.open(run.id);
  };
  return (
    <Button disabled={openHere !== run.id && (problem !== null || activity === 'running')} onClick={() => void open()}>
      Open in the Train room
    </Button>
  );
}

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

function OneRun({ compared: { run, curves, problem } }: { readonly compared: ComparedRun }) {
  const { identity, hash, parent, createdAt } = run;
  const set = chosenFields(identity.config).map(({ field, right }) => `${labelOf(field)} ${placeText(field, right)}`);
  const facts: readonly (readonly [string, string])[] = [
    ['sets', set.length === 0 ? 'nothing: all as by default' : set.join(', ')],
    ['run', shortHash(hash)],
    [
      'starts from',
      `weights ${shortHash(identity.weights)}${parent === null ? '' : `, step ${parent.step} of ${parent.name}`}`,
    ],
    ['machine', `${identity.adapter} (${identity.backend}), code ${identity.code}`],
    ['made', date.format(createdAt)],
    ['live changes', curves.annotations.length === 0 ? 'none' : String(curves.annotations.length)],
  ];
  return (
    <>
      <dl className="runs-facts">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {problem !== null && <p>{problem}</p>}
      <p className="quiet runs-hint">Choose a second run, to see both side by side.</p>
    </>
  );
}
