import { differences, PRESETS, presetConfig, type Settings } from '../../lab/settings/settings.ts';
import { taskByName } from '../../tasks/index.ts';
import { numberText } from '../kit/NumberField.tsx';
import { useSettings } from '../laboratoryContext.ts';

const temperatureText = ({ config }: Settings) => {
  const rule = config.sampler.temperature;
  switch (rule.rule) {
    case 'binary':
    case 'rank':
      return `τ ${numberText(rule.high)} / ${numberText(rule.low)}`;
    case 'edt':
      return `EDT ${numberText(rule.base)}`;
    case 'fixed':
      return `τ ${numberText(rule.tau)}`;
  }
};

const lineOf = (settings: Settings): string => {
  const { config, preset } = settings;
  const { task, difficulty, seed } = config;
  const changes = differences(presetConfig(preset, { task, difficulty, seed }), config).length;
  return [
    taskByName(task).title,
    PRESETS[preset].title + (changes === 0 ? '' : ` + ${changes}`),
    temperatureText(settings),
  ].join(' · ');
};

/** The settings in a line: task, preset, temperatures. */
export function SettingsLine() {
  return <span className="settings-line figures">{useSettings(lineOf)}</span>;
}
