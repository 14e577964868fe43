// What can be set of a base; the rest is the task's recipe.

import { useId } from 'react';
import { useStore } from 'zustand';
import { rateKey, SIZES, type SizeName, sizeText } from '../../lab/pretrain/draft.ts';
import { durationText } from '../../lab/pretrain/words.ts';
import { LONGEST_NAME } from '../../lab/storage/runLibrary.ts';
import { taskByName, tasks } from '../../tasks/index.ts';
import { Button } from '../kit/Button.tsx';
import { Field } from '../kit/Field.tsx';
import { NumberField } from '../kit/NumberField.tsx';
import { Progress } from '../kit/Progress.tsx';
import { Select } from '../kit/Select.tsx';
import { Slider } from '../kit/Slider.tsx';
import { useLaboratory } from '../laboratoryContext.ts';

const MOST_STEPS = 200_000;
const SIZE_NAMES: Readonly<Record<SizeName, string>> = {
  small: 'small',
  recipe: 'the recipe’s',
  larger: 'larger',
  large: 'large',
};
const RECIPE = 'The task’s recipe in this project, tuned by measuring what comes of it.';

export function PretrainForm() {
  const { pretrain } = useLaboratory();
  const draft = useStore(pretrain, (state) => state.draft);
  const id = useId();
  const task = taskByName(draft.task);
  const { recipe } = task;
  const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
  const whole = (value: number, least: number, most: number) => clamp(Math.round(value), least, most);
  return (
    <div className="pretrain-form">
      <Select
        label="Task"
        value={draft.task}
        choices={tasks.map(({ name, title, summary }) => ({ value: name, label: title, detail: summary }))}
        onChange={pretrain.chooseTask}
      />
      <Select
        label="Difficulty"
        value={draft.difficulty}
        choices={Object.entries(task.difficulties).map(([value, detail]) => ({ value, label: value, detail }))}
        onChange={(difficulty) => pretrain.change({ difficulty })}
      />
      <Select
        label="Size"
        value={draft.size}
        choices={SIZES.map((value) => ({
          value,
          label: SIZE_NAMES[value],
          detail: `${sizeText(value, draft.task)}.`,
        }))}
        help="Layers and width of the policy; a larger one learns more a step and takes longer for it."
        source={RECIPE}
        onChange={(size) => pretrain.change({ size })}
      />
      <Slider
        label="Solving share"
        help="Share of the traces that solve their problem; the others are random legal ones. At 0 the base knows the notation and the moves only, and reinforcement learning finds the rest."
        source={RECIPE}
        value={draft.solvingShare}
        min={0}
        max={1}
        step={0.05}
        presetValue={recipe.solvingShare}
        onChange={(value) => pretrain.change({ solvingShare: clamp(value, 0, 1) })}
      />
      <Slider
        label="Learning rate"
        help="The largest, reached after warm-up; it falls to 0 at the last step."
        source={RECIPE}
        value={draft.learningRate}
        min={1e-5}
        max={0.03}
        step={1e-5}
        scale="log"
        presetValue={recipe.learningRate}
        onChange={(value) => pretrain.change({ learningRate: clamp(value, 1e-7, 1) })}
      />
      <Slider
        label="Steps"
        help={`Of ${recipe.batch} traces each.`}
        source={RECIPE}
        value={draft.steps}
        min={20}
        max={20_000}
        step={1}
        scale="log"
        presetValue={recipe.steps}
        onChange={(value) => pretrain.change({ steps: whole(value, 1, MOST_STEPS) })}
      />
      <Field
        label="Seed"
        help="Key of the first weights and of the traces: another seed, another base."
        labelFor={`${id}-seed`}
        value={
          <NumberField
            id={`${id}-seed`}
            label="Seed"
            value={draft.seed}
            step={1}
            onChange={(value) => pretrain.change({ seed: whole(value, 0, Number.MAX_SAFE_INTEGER) })}
          />
        }
      />
      <Field label="Name" labelFor={`${id}-name`}>
        <input
          id={`${id}-name`}
          className="pretrain-name"
          type="text"
          maxLength={LONGEST_NAME}
          placeholder={`${task.title}, ${draft.steps} steps, seed ${draft.seed}`}
          value={draft.name}
          onChange={({ target }) => pretrain.change({ name: target.value })}
        />
      </Field>
      <Expected />
    </div>
  );
}

const stepText = (ms: number) =>
  ms < 1000 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms / 1000).toPrecision(2))} s`;

/** How long it will take, once that was measured. */
function Expected() {
  const { pretrain } = useLaboratory();
  const draft = useStore(pretrain, (state) => state.draft);
  const rate = useStore(pretrain, (state) => state.rates.get(rateKey(state.draft)) ?? null);
  const isRating = useStore(pretrain, ({ phase }) => phase === 'rating');
  return (
    <div className="pretrain-expected">
      {isRating ? (
        <Progress label="Taking a few steps to see how long one is" share={null} onCancel={pretrain.stop} />
      ) : rate === null ? (
        <>
          <p className="quiet">How long it takes depends on this machine.</p>
          <Button onClick={() => void pretrain.rate()}>Estimate the time</Button>
        </>
      ) : (
        <p className="figures">
          About <strong>{durationText(rate.msPerStep * draft.steps)}</strong> for {draft.steps.toLocaleString('en')}{' '}
          steps: {stepText(rate.msPerStep)} each, {Math.round(rate.tokensPerSecond).toLocaleString('en')} tokens/s,
          measured here.
        </p>
      )}
    </div>
  );
}
