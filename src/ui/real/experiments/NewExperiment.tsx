// A new experiment on the loaded model, checked while it is drafted.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type ModelExperiment, ModelExperimentError } from '../../../experiments/model/definition.ts';
import { armsOf } from '../../../lab/real/experiments/arms.ts';
import {
  type DraftSurroundings,
  draftedExperiment,
  longestOf,
  type ModelDraft,
  modelSizeText,
  readDefinition,
} from '../../../lab/real/experiments/draft.ts';
import { bytesText } from '../../../lab/train/words.ts';
import { memoryNeed } from '../../../llm/describeModel.ts';
import { OwnPart } from '../../compare/experiments/OwnPart.tsx';
import { SizeField } from '../../compare/experiments/SizeField.tsx';
import { Button } from '../../kit/Button.tsx';
import { useSettings } from '../../laboratoryContext.ts';
import { pickFiles } from '../../policies/pick.ts';
import { useModel, useReal } from '../realContext.ts';
import { QuestionPicker } from './QuestionPicker.tsx';
import { modelDraft } from './viewStore.ts';

/** Of a problem in words with an instruction, for the memory that is named. */
const PROMPT_TOKENS = 200;

const change = (to: Partial<ModelDraft>) => modelDraft.setState(to);

function useSurroundings(): DraftSurroundings {
  const { problems } = useReal();
  const set = useStore(problems, (state) => state.set);
  const model = useModel((state) => state.model);
  const fingerprint = useModel((state) => state.fingerprint);
  const choice = useModel((state) => state.choice);
  const config = useSettings((settings) => settings.config);
  return useMemo(
    () => ({ loaded: { model, fingerprint, choice }, set, settings: { config } }),
    [model, fingerprint, choice, set, config],
  );
}

interface Checked {
  readonly experiment: ModelExperiment | null;
  readonly refusal: string | null;
}

function checked(draft: ModelDraft, surroundings: DraftSurroundings): Checked {
  try {
    return { experiment: draftedExperiment(draft, surroundings), refusal: null };
  } catch (cause) {
    if (cause instanceof ModelExperimentError) return { experiment: null, refusal: cause.message };
    throw cause;
  }
}

export function NewExperiment() {
  const { experiments } = useReal();
  const draft = useStore(modelDraft);
  const surroundings = useSurroundings();
  const { experiment, refusal } = useMemo(() => checked(draft, surroundings), [draft, surroundings]);
  const isBusy = useStore(experiments, (state) => state.busy !== null);
  const isRunning = useStore(experiments, (state) => state.running !== null);
  const { model } = surroundings.loaded;
  const memory =
    experiment === null || model === null
      ? null
      : memoryNeed(model.description, model.dtype, {
          rows: Math.min(experiment.rollouts, experiment.together),
          positions: Math.min(model.description.maxPositions, PROMPT_TOKENS + experiment.maxNewTokens),
        }).totalBytes;
  const start = async () => {
    if (experiment === null) return;
    const id = await experiments.create(experiment);
    if (id !== null && !isRunning) void experiments.run(id);
  };
  const open = async () => {
    const [first] = await pickFiles('files');
    if (first === undefined) return;
    try {
      await experiments.create(readDefinition(await first.file.text(), first.path, surroundings.loaded));
    } catch (cause) {
      if (!(cause instanceof ModelExperimentError)) throw cause;
      experiments.refuse(cause.message);
    }
  };
  return (
    // Enter takes a number and starts nothing.
    <form className="own" aria-label="A new experiment" onSubmit={(event) => event.preventDefault()}>
      <OwnPart title="What is asked">
        <QuestionPicker draft={draft} change={change} />
      </OwnPart>
      <OwnPart title="By which rules">
        <p className="quiet">
          Every rule draws every question, with the same noise. The first one chosen is what the others are compared
          with.
        </p>
        <Rules chosen={draft.arms} />
      </OwnPart>
      <OwnPart title="How much">
        <div className="size-fields">
          <SizeField
            label="n, rollouts a question"
            value={draft.rollouts}
            onChange={(rollouts) => change({ rollouts })}
          />
          <SizeField
            label="longest, tokens"
            step={16}
            value={longestOf(draft, surroundings)}
            onChange={(maxNewTokens) => change({ maxNewTokens })}
          />
          <SizeField
            label="stepped together at most"
            value={draft.together}
            onChange={(together) => change({ together })}
          />
          <SizeField label="seed of the noise" least={0} value={draft.seed} onChange={(seed) => change({ seed })} />
        </div>
        <label className="text-label">
          Name
          <input
            className="text-field"
            value={draft.name}
            maxLength={80}
            placeholder={experiment?.name ?? ''}
            onChange={({ target }) => change({ name: target.value })}
          />
        </label>
        {refusal !== null && (
          <p className="refusal" role="alert">
            {refusal}
          </p>
        )}
        {experiment !== null && (
          <p className="figures model-size">
            {modelSizeText(experiment)}
            {memory !== null && `, in about ${bytesText(memory)} of memory`}. How long that takes is measured with the
            first cells; it can be paused at any token, and goes on after a reload.
          </p>
        )}
        <div className="preset-actions">
          <Button look="primary" icon="play" disabled={experiment === null || isBusy} onClick={() => void start()}>
            {isRunning ? 'Store it, to be run later' : 'Run it'}
          </Button>
          <Button icon="upload" disabled={isBusy} onClick={() => void open()}>
            Open a definition …
          </Button>
        </div>
      </OwnPart>
    </form>
  );
}

function Rules({ chosen }: { readonly chosen: readonly string[] }) {
  const config = useSettings((now) => now.config);
  const offered = useMemo(() => armsOf({ config }), [config]);
  const first = offered.find(({ name }) => chosen.includes(name))?.name;
  const toggle = (name: string) =>
    change({ arms: chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name] });
  return (
    <>
      <ul className="model-rules">
        {offered.map(({ name, about }) => (
          <li key={name}>
            <label>
              <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
              <span>
                <b>{name}</b> {name === first && <span className="badge">compared with</span>}{' '}
                <span className="quiet">{about}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {!offered.some(({ name }) => name === 'the controls') && (
        <p className="quiet">Set the controls beside the room to a rule of your own, and it is offered here too.</p>
      )}
    </>
  );
}
