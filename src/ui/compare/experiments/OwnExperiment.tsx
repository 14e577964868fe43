// An experiment of the reader's own, from the page's settings; checked while it is written.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type Experiment, ExperimentError, parseExperiment } from '../../../experiments/definition.ts';
import type { RunConfig } from '../../../grpo/runConfig.ts';
import { runName } from '../../../grpo/runIdentity.ts';
import { type Draft, type DraftPart, draftDefinition, FIRST_DRAFT, partOf } from '../../../lab/experiments/draft.ts';
import { sizeSentences } from '../../../lab/experiments/shrink.ts';
import { SweepTextError } from '../../../lab/experiments/sweepValues.ts';
import { fileNameOf, sizeText } from '../../../lab/results/words.ts';
import { saveFile } from '../../charts/save.ts';
import { Button } from '../../kit/Button.tsx';
import { Icon } from '../../kit/Icon.tsx';
import { useLaboratory, useSettings } from '../../laboratoryContext.ts';
import { pickFiles } from '../../policies/pick.ts';
import { DraftArms } from './DraftArms.tsx';
import { DraftSweep } from './DraftSweep.tsx';
import { draft as change, draftStore } from './draftStore.ts';
import { Estimate } from './Estimate.tsx';
import { OwnPart } from './OwnPart.tsx';
import { SizeField } from './SizeField.tsx';
import { SizeFields } from './SizeFields.tsx';
import { useStart } from './useStart.ts';

interface Refusal {
  readonly part: DraftPart;
  readonly sentence: string;
}

interface Checked {
  readonly definition: Experiment | null;
  readonly refusal: Refusal | null;
}

function checked(base: RunConfig, draft: Draft): Checked {
  const refused = (part: DraftPart, sentence: string) => ({ definition: null, refusal: { part, sentence } });
  try {
    return { definition: parseExperiment(draftDefinition(base, draft)), refusal: null };
  } catch (cause) {
    if (cause instanceof SweepTextError) return refused('sweep', cause.message);
    if (cause instanceof ExperimentError) return refused(partOf(cause.message, draft), cause.message);
    if (cause instanceof SyntaxError) return refused('whole', `This is not JSON: ${cause.message}.`);
    throw cause;
  }
}

export function OwnExperiment() {
  const { experiments } = useLaboratory();
  const base = useSettings(({ config }) => config);
  const draft = useStore(draftStore);
  const { definition, refusal } = useMemo(() => checked(base, draft), [base, draft]);
  const start = useStart();
  const isTyped = draft.text !== null;
  return (
    <form className="own" aria-label="An experiment of your own" onSubmit={(event) => event.preventDefault()}>
      <h2 className="unseen">An experiment of your own</h2>
      {!isTyped && <Form base={base} draft={draft} refusal={refusal} />}
      <Json draft={draft} definition={definition} />
      <Refused refusal={refusal} part="whole" />
      <section className="sheet" aria-label="Start">
        <p className="figures">
          {definition === null ? 'It cannot be run yet: see what is said above.' : `${sizeText(definition)}.`}
        </p>
        {definition !== null && sizeSentences(definition).map((sentence) => <p key={sentence}>{sentence}</p>)}
        <Estimate definition={definition} />
        <div className="preset-actions">
          <Button
            look="primary"
            icon="play"
            disabled={definition === null || start.isBusy}
            onClick={() => void start.run(experiments, definition)}
          >
            Start
          </Button>
          <Button
            icon="download"
            disabled={definition === null}
            onClick={() => definition !== null && saveFile(fileOf(definition), jsonOf(definition), 'application/json')}
          >
            Save the definition
          </Button>
          <Button icon="upload" onClick={() => void openText()}>
            Open a definition …
          </Button>
          <Button look="quiet" icon="reset" onClick={() => draftStore.setState(FIRST_DRAFT, true)}>
            Begin anew
          </Button>
        </div>
        {definition !== null && <CommandLine definition={definition} />}
      </section>
    </form>
  );
}

const fileOf = ({ name }: Experiment) => `${fileNameOf(name)}.json`;
const jsonOf = (definition: unknown) => `${JSON.stringify(definition, null, 2)}\n`;

async function openText(): Promise<void> {
  const [first] = await pickFiles('files');
  if (first !== undefined) change({ text: await first.file.text() });
}

function Refused({ refusal, part }: { readonly refusal: Refusal | null; readonly part: DraftPart }) {
  return refusal?.part === part ? (
    <p className="refusal" role="alert">
      {refusal.sentence}
    </p>
  ) : null;
}

function Form({
  base,
  draft,
  refusal,
}: {
  readonly base: RunConfig;
  readonly draft: Draft;
  readonly refusal: Refusal | null;
}) {
  const { name, question, arms, axes, size, evaluateEvery } = draft;
  return (
    <>
      <OwnPart title="What">
        <label className="text-label">
          Name
          <input
            className="text-field"
            value={name}
            maxLength={80}
            onChange={({ target }) => change({ name: target.value })}
          />
        </label>
        <label className="text-label">
          Question
          <input
            className="text-field"
            value={question}
            placeholder="What is to be found out?"
            onChange={({ target }) => change({ question: target.value })}
          />
        </label>
        <p className="quiet">
          Base: the settings of the page, as the controls beside the room say: <strong>{runName(base)}</strong>.
        </p>
        <Refused refusal={refusal} part="name" />
      </OwnPart>
      <OwnPart title="Arms">
        <DraftArms arms={arms} onChange={(next) => change({ arms: next })} />
        <Refused refusal={refusal} part="arms" />
      </OwnPart>
      <OwnPart title="Sweep">
        <DraftSweep axes={axes} onChange={(next) => change({ axes: next })} />
        <Refused refusal={refusal} part="sweep" />
      </OwnPart>
      <OwnPart title="How much">
        <SizeFields
          size={{ ...size, prompts: base.prompts, group: base.group }}
          names={['seeds', 'steps', 'evaluationPrompts', 'evaluationRollouts']}
          onChange={({ prompts: _, group: __, ...next }) => change({ size: next })}
        />
        <EveryField value={evaluateEvery} />
        <Refused refusal={refusal} part="size" />
      </OwnPart>
    </>
  );
}

function EveryField({ value }: { readonly value: number }) {
  return (
    <div className="size-fields">
      <SizeField
        label="steps between evaluations (0: before and after only)"
        value={value}
        least={0}
        onChange={(next) => change({ evaluateEvery: next })}
      />
    </div>
  );
}

/** The definition as text, which may be edited in place of the form. */
function Json({ draft, definition }: { readonly draft: Draft; readonly definition: Experiment | null }) {
  const text = draft.text ?? (definition === null ? '' : jsonOf(definition));
  return (
    <details className="sheet result-details" open={draft.text !== null ? true : undefined}>
      <summary>
        <h3>The definition as JSON</h3>
        <span className="quiet">
          {draft.text === null ? 'what the form says' : 'edited here, in place of the form'}
        </span>
        <Icon name="chevron" />
      </summary>
      <textarea
        className="definition"
        aria-label="The definition as JSON"
        spellCheck={false}
        rows={18}
        value={text}
        onChange={({ target }) => change({ text: target.value })}
      />
      {draft.text !== null && (
        <Button icon="undo" onClick={() => change({ text: null })}>
          Back to the form
        </Button>
      )}
    </details>
  );
}

/** The same experiment without a page. */
function CommandLine({ definition }: { readonly definition: Experiment }) {
  const name = fileNameOf(definition.name);
  const line = `npm run headless -- experiment --file ${fileOf(definition)} --out ${name}`;
  return (
    <p className="command-line">
      <span className="quiet">The same on the command line, with the saved definition:</span>
      <code>{line}</code>
      <Button look="quiet" onClick={() => void navigator.clipboard.writeText(line)}>
        Copy
      </Button>
    </p>
  );
}
