// What is always in sight: the task, the preset, and what makes a token hot and how hot.

import { useStore } from 'zustand';
import { helpFor } from '../../lab/help.ts';
import { changedPaths } from '../../lab/settings/places.ts';
import { temperatureRuleChanges, thresholdRuleChanges } from '../../lab/settings/rules.ts';
import { isPresetName, PRESET_NAMES, PRESETS } from '../../lab/settings/settings.ts';
import { taskByName, tasks } from '../../tasks/index.ts';
import type { TemperatureRule, ThresholdRule } from '../../temperature/schema.ts';
import { Button } from '../kit/Button.tsx';
import { Help } from '../kit/Help.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { Term } from '../kit/Term.tsx';
import { useSettings, useSettingsStore } from '../laboratoryContext.ts';
import { ChoiceControl, NumberControl } from './fields.tsx';

const TAU = { min: 0.1, max: 2.5, step: 0.05 } as const;
const SHARE = { min: 0, max: 1, step: 0.01 } as const;

function TaskChoice() {
  const settings = useSettingsStore();
  const { task, difficulty } = useSettings(({ config }) => config);
  const chosen = taskByName(task);
  return (
    <div className="essential">
      <span className="essential-label">
        Task
        <Help about="task" source={`Source: ${chosen.citation}.`}>
          {chosen.summary}
        </Help>
      </span>
      <div className="pair">
        <BareSelect
          label="Task"
          value={task}
          choices={tasks.map(({ name, title }) => ({ value: name, label: title }))}
          onChange={settings.chooseTask}
        />
        <BareSelect
          label="Difficulty"
          value={difficulty}
          choices={Object.keys(chosen.difficulties).map((name) => ({ value: name, label: name }))}
          onChange={(name) => settings.edit('difficulty', name)}
        />
      </div>
      <p className="field-detail">{chosen.difficulties[difficulty]}</p>
    </div>
  );
}

function PresetChoice() {
  const settings = useSettingsStore();
  const preset = useSettings((s) => s.preset);
  const changes = useSettings((s) => changedPaths(s).length);
  const { summary, source, ours } = PRESETS[preset];
  return (
    <div className="essential">
      <span className="essential-label">
        Preset
        <Help about="preset" source={source === 'ours' ? 'Ours.' : `Source: ${source}. Ours: ${ours}.`}>
          {summary}
        </Help>
        {changes > 0 && (
          <Button look="quiet" icon="reset" className="preset-back" onClick={() => settings.choosePreset(preset)}>
            {changes === 1 ? '1 change' : `${changes} changes`}
            <span className="unseen">: back to the preset</span>
          </Button>
        )}
      </span>
      <BareSelect
        label="Preset"
        value={preset}
        choices={PRESET_NAMES.map((name) => ({ value: name, label: PRESETS[name].title }))}
        onChange={(name) => {
          if (isPresetName(name)) settings.choosePreset(name);
        }}
      />
    </div>
  );
}

const isTemperatureRule = (name: string): name is TemperatureRule['rule'] =>
  Object.hasOwn(helpFor('sampler.temperature.rule').options ?? {}, name);
const isThresholdRule = (name: string): name is ThresholdRule['rule'] =>
  Object.hasOwn(helpFor('sampler.threshold.rule').options ?? {}, name);

/** Which temperature rule; also what the preset is compared by. */
function TemperatureChoice() {
  const settings = useSettingsStore();
  return (
    <ChoiceControl
      path="sampler.temperature.rule"
      whole="sampler.temperature"
      onChoose={(rule) => {
        if (isTemperatureRule(rule))
          settings.editAll(temperatureRuleChanges(settings.getState().settings.config, rule));
      }}
    />
  );
}

export function ThresholdChoice() {
  const settings = useSettingsStore();
  return (
    <ChoiceControl
      path="sampler.threshold.rule"
      whole="sampler.threshold"
      onChoose={(rule) => {
        if (isThresholdRule(rule)) settings.editAll(thresholdRuleChanges(settings.getState().settings.config, rule));
      }}
    />
  );
}

/** The numbers of a rule that is not set are not there: their controls show nothing. */
export function Essentials() {
  const settings = useSettingsStore();
  const schedules = useStore(settings, (state) => state.settings.config.schedules);
  const scheduled = Object.entries(schedules).filter(([, schedule]) => schedule !== null);
  return (
    <section className="essentials" aria-label="Task, preset and temperatures">
      <TaskChoice />
      <PresetChoice />
      <TemperatureChoice />
      <NumberControl path="sampler.temperature.high" tone="hot" {...TAU} />
      <NumberControl path="sampler.temperature.low" tone="cold" {...TAU} />
      <NumberControl path="sampler.temperature.tau" {...TAU} />
      <NumberControl path="sampler.temperature.base" {...TAU} />
      <NumberControl path="sampler.threshold.coldFraction" {...SHARE} />
      <NumberControl path="sampler.threshold.hotFraction" {...SHARE} />
      <NumberControl path="sampler.threshold.nats" min={0} max={3} step={0.01} />
      {scheduled.length > 0 && (
        <p className="field-detail">
          <Term
            text={`In training, a schedule sets ${scheduled.map(([name]) => (name === 'tau' ? 'τ' : `T_${name}`)).join(' and ')}.`}
          />
        </p>
      )}
    </section>
  );
}
