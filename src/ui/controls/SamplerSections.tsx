// The rest of what decides a token's temperature: gate, EDT's shape, ladder, truncation.

import { valueText } from '../../lab/settings/places.ts';
import { MAX_QUEUE } from '../../temperature/schema.ts';
import { useSettings } from '../laboratoryContext.ts';
import { ThresholdChoice } from './Essentials.tsx';
import { ChoiceControl, NumberControl, SwitchControl } from './fields.tsx';
import { LadderEditor } from './LadderEditor.tsx';
import { Section } from './Section.tsx';

export function GateSection() {
  const summary = useSettings(({ config: { sampler } }) =>
    [
      valueText('sampler.threshold', sampler.threshold),
      `N ${sampler.queue.capacity.toLocaleString('en').replaceAll(',', ' ')}`,
    ].join(' · '),
  );
  const isEdt = useSettings(({ config }) => config.sampler.temperature.rule === 'edt');
  const warmup = useSettings(({ config }) => config.sampler.queue.warmup.entropies);
  return (
    <Section title="Gate" prefixes={['sampler.queue', 'sampler.threshold', 'sampler.tie']} summary={summary}>
      <ThresholdChoice />
      <NumberControl path="sampler.threshold.floorNats" min={0} max={1.5} step={0.01} />
      <ChoiceControl path="sampler.tie" as="segmented" />
      <NumberControl path="sampler.queue.capacity" min={10} max={MAX_QUEUE} step={1} scale="log" />
      <ChoiceControl path="sampler.queue.scope" as="segmented" />
      <ChoiceControl path="sampler.queue.order" as="segmented" />
      <SwitchControl path="sampler.queue.keep" />
      <NumberControl path="sampler.queue.warmup.entropies" min={0} max={2000} step={10} />
      {warmup > 0 && <ChoiceControl path="sampler.queue.warmup.use" as="segmented" />}
      {isEdt && (
        <>
          <NumberControl path="sampler.temperature.theta" min={0} max={2} step={0.01} />
          <NumberControl path="sampler.temperature.n0" min={0.05} max={1} step={0.01} />
          <NumberControl path="sampler.temperature.least" min={0.01} max={1} step={0.01} />
        </>
      )}
    </Section>
  );
}

export function LadderSection() {
  const summary = useSettings(({ config }) => {
    const { offsets } = config.sampler.ladder;
    return offsets.every((offset) => offset === 0) ? 'off' : `${offsets.length} steps`;
  });
  return (
    <Section title="Ladder" prefixes={['sampler.ladder']} summary={summary}>
      <LadderEditor />
      <ChoiceControl path="sampler.ladder.shifts" as="segmented" />
    </Section>
  );
}

export function TruncationSection() {
  const summary = useSettings(({ config }) => {
    const { topK, topP, minP } = config.sampler.truncation;
    const on = [topK > 0 && `k ${topK}`, topP < 1 && `p ${topP}`, minP > 0 && `min-p ${minP}`].filter(Boolean);
    return on.length === 0 ? 'off' : on.join(' · ');
  });
  return (
    <Section title="Truncation" prefixes={['sampler.truncation']} summary={summary}>
      <NumberControl path="sampler.truncation.topK" min={0} max={40} step={1} />
      <NumberControl path="sampler.truncation.topP" min={0.05} max={1} step={0.01} />
      <NumberControl path="sampler.truncation.minP" min={0} max={1} step={0.01} />
    </Section>
  );
}
