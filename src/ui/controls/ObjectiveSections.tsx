import { VARIANTS } from '../../grpo/lossConfig.ts';
import { valueText } from '../../lab/settings/places.ts';
import { variantChanges } from '../../lab/settings/rules.ts';
import { Switch } from '../kit/Switch.tsx';
import { useSettings, useSettingsStore } from '../laboratoryContext.ts';
import { ChoiceControl, NumberControl, OptionalNumberControl, SwitchControl } from './fields.tsx';
import { Section } from './Section.tsx';

type Variant = keyof typeof VARIANTS;
const isVariant = (name: string): name is Variant => Object.hasOwn(VARIANTS, name);

const KNOWLEDGE = VARIANTS.archer.knowledge;
const COVARIANCE: Readonly<Record<string, unknown>> = {
  none: null,
  clip: VARIANTS['clip-cov'].covariance,
  kl: VARIANTS['kl-cov'].covariance,
};
const CLIP = { min: 0, max: 1, step: 0.01 } as const;

export function ObjectiveSection() {
  const settings = useSettingsStore();
  const summary = useSettings(({ config }) => valueText('loss.variant', config.loss.variant));
  const hasKnowledge = useSettings(({ config }) => config.loss.knowledge !== null);
  const isResponse = useSettings(({ config }) => config.loss.ratio === 'response');
  return (
    <Section title="Objective" prefixes={['loss']} summary={summary}>
      <ChoiceControl
        path="loss.variant"
        whole="loss"
        onChoose={(name) => {
          if (isVariant(name)) settings.editAll(variantChanges(name));
        }}
      />
      {isResponse ? (
        <>
          <NumberControl path="loss.clipLow" min={1e-5} max={1} step={1e-5} scale="log" />
          <NumberControl path="loss.clipHigh" min={1e-5} max={10} step={1e-5} scale="log" />
        </>
      ) : (
        <>
          <NumberControl path="loss.clipLow" {...CLIP} />
          <NumberControl path="loss.clipHigh" min={0} max={5} step={0.01} />
        </>
      )}
      <OptionalNumberControl path="loss.dualClip" min={1.5} max={20} step={0.5} start={10} />
      <ChoiceControl path="loss.surrogate" as="segmented" />
      <ChoiceControl path="loss.ratio" as="segmented" />
      <ChoiceControl path="loss.average" as="segmented" />
      <ChoiceControl path="loss.advantageScale" as="segmented" />
      <NumberControl path="loss.entropyShare" min={0.01} max={1} step={0.01} />
      <NumberControl path="loss.klWeight" min={0} max={0.2} step={0.001} />
      <ChoiceControl path="loss.klAverage" as="segmented" />
      <NumberControl path="loss.generationBatches" min={1} max={20} step={1} />
      <OptionalNumberControl path="loss.overlongShare" min={0.01} max={1} step={0.01} start={0.2} />
      <ClassSwitch isOn={hasKnowledge} />
      {hasKnowledge && (
        <>
          <NumberControl path="loss.knowledge.coldFraction" min={0} max={1} step={0.01} />
          <NumberControl path="loss.knowledge.clipLow" {...CLIP} />
          <NumberControl path="loss.knowledge.clipHigh" {...CLIP} />
          <NumberControl path="loss.knowledge.klWeight" min={0} max={0.05} step={0.001} />
        </>
      )}
      <ChoiceControl
        path="loss.covariance.kind"
        whole="loss.covariance"
        onChoose={(kind) => settings.edit('loss.covariance', COVARIANCE[kind])}
      />
      <NumberControl path="loss.covariance.share" min={1e-5} max={0.1} step={1e-5} scale="log" />
      <NumberControl path="loss.covariance.low" min={0} max={10} step={0.1} />
      <NumberControl path="loss.covariance.high" min={0} max={20} step={0.1} />
      <NumberControl path="loss.covariance.weight" min={0} max={5} step={0.05} />
    </Section>
  );
}

/** Archer's two classes, on or off as a whole. */
function ClassSwitch({ isOn }: { readonly isOn: boolean }) {
  const settings = useSettingsStore();
  return (
    <Switch
      label="Two token classes"
      help="Knowledge tokens get a clip and a KL weight of their own; the fields above then hold for reasoning tokens."
      source="arXiv 2507.15778."
      checked={isOn}
      onChange={(next) => settings.edit('loss.knowledge', next ? KNOWLEDGE : null)}
    />
  );
}

export function LossTemperatureSection() {
  const summary = useSettings(({ config }) => valueText('lossTemperature.mode', config.lossTemperature.mode));
  const isTruncated = useSettings(({ config }) => config.lossTemperature.mode === 'truncated');
  return (
    <Section title="Loss temperature" prefixes={['lossTemperature']} summary={summary}>
      <ChoiceControl path="lossTemperature.mode" />
      {isTruncated && <NumberControl path="lossTemperature.largestWeight" min={0.5} max={10} step={0.1} />}
      <SwitchControl path="lossTemperature.compensate" />
    </Section>
  );
}
