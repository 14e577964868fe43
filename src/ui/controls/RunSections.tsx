import { numberText } from '../kit/NumberField.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { NumberControl } from './fields.tsx';
import { Section } from './Section.tsx';

const BETA = { min: 0, max: 0.9999, step: 0.001 } as const;

export function BatchSection() {
  const summary = useSettings(({ config }) => `${config.prompts} × ${config.group} · seed ${config.seed}`);
  return (
    <Section
      title="Batch"
      prefixes={['prompts', 'group', 'maxNewTokens', 'update', 'checkpointEvery']}
      summary={summary}
    >
      <NumberControl path="prompts" min={1} max={256} step={1} scale="log" />
      <NumberControl path="group" min={2} max={64} step={1} scale="log" />
      <NumberControl path="maxNewTokens" min={4} max={128} step={1} />
      <NumberControl path="seed" min={0} max={99} step={1} />
      <NumberControl path="update.innerEpochs" min={1} max={8} step={1} />
      <NumberControl path="update.miniBatches" min={1} max={16} step={1} />
      <NumberControl path="update.microBatchTokens" min={256} max={65_536} step={256} scale="log" />
      <NumberControl path="checkpointEvery" min={0} max={100} step={1} />
    </Section>
  );
}

export function OptimiserSection() {
  const summary = useSettings(({ config }) => `AdamW · ${numberText(config.optimizer.learningRate)}`);
  return (
    <Section title="Optimiser" prefixes={['optimizer']} summary={summary}>
      <NumberControl path="optimizer.learningRate" min={1e-6} max={1e-2} step={1e-6} scale="log" />
      <NumberControl path="optimizer.warmupSteps" min={0} max={100} step={1} />
      <NumberControl path="optimizer.clipNorm" min={0} max={10} step={0.1} />
      <NumberControl path="optimizer.weightDecay" min={0} max={0.2} step={0.001} />
      <NumberControl path="optimizer.beta1" {...BETA} />
      <NumberControl path="optimizer.beta2" {...BETA} />
      <NumberControl path="optimizer.epsilon" min={1e-10} max={1e-4} step={1e-10} scale="log" />
    </Section>
  );
}
