// What is known of the chosen model before it is loaded, and how far loading is.

import { canRun } from '../../lab/real/device.ts';
import { MOST_ROLLOUTS } from '../../lab/step/drawing.ts';
import { count } from '../../lab/results/words.ts';
import { bytesText } from '../../lab/train/words.ts';
import { memoryNeed } from '../../llm/describeModel.ts';
import type { LlmDevice, LlmDtype } from '../../llm/session.ts';
import { Button } from '../kit/Button.tsx';
import { Progress } from '../kit/Progress.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { useModel, useReal } from './realContext.ts';

/** Prompt and completion, for the memory that is named. */
const POSITIONS = 512;

const DTYPE_WORDS: Readonly<Record<LlmDtype, string>> = {
  fp32: '32-bit floats',
  fp16: '16-bit floats',
  q8: '8 bits',
  int8: '8 bits, signed',
  uint8: '8 bits, unsigned',
  q4: '4 bits, 32-bit floats',
  q4f16: '4 bits, 16-bit floats',
  bnb4: '4 bits, bitsandbytes',
};

export function LoadPanel() {
  const { model } = useReal();
  const phase = useModel((state) => state.phase);
  const choice = useModel((state) => state.choice);
  switch (phase) {
    case 'describing':
      return (
        <Progress
          label={choice?.kind === 'policy' ? 'Writing the policy as an ONNX graph' : 'Reading what the model is'}
          share={null}
          onCancel={model.cancel}
        />
      );
    case 'described':
      return <Described />;
    case 'loading':
      return <Loading />;
    default:
      return null;
  }
}

function Described() {
  const { model } = useReal();
  const description = useModel((state) => state.description);
  const dtype = useModel((state) => state.dtype);
  const device = useModel((state) => state.device);
  const best = useModel((state) => state.best);
  const rollouts = useSettings(({ config }) => Math.min(config.group, MOST_ROLLOUTS));
  if (description === null || dtype === null) return null;
  const positions = Math.min(POSITIONS, description.maxPositions);
  const need = memoryNeed(description, dtype, { rows: rollouts, positions });
  const devices: readonly { value: LlmDevice; label: string; disabled: boolean }[] = [
    { value: 'webgpu', label: 'WebGPU', disabled: best?.device !== 'webgpu' },
    { value: 'wasm', label: 'wasm on the CPU', disabled: false },
  ];
  return (
    <section className="real-described" aria-label="The chosen model">
      <h3>{description.name}</h3>
      <dl className="real-facts">
        <div>
          <dt>kind</dt>
          <dd>
            {description.modelType}, {count(description.layers, 'layer')}, {description.vocabulary.toLocaleString('en')}{' '}
            tokens
          </dd>
        </div>
        <div>
          <dt>weights</dt>
          <dd>
            <BareSelect
              label="Weights"
              value={dtype}
              choices={description.dtypes.map((one) => ({
                value: one.dtype,
                label: `${one.dtype}: ${DTYPE_WORDS[one.dtype]}, ${bytesText(one.bytes)}${canRun(one.dtype, device, best) ? '' : ': not on this GPU'}`,
                disabled: !canRun(one.dtype, device, best),
              }))}
              onChange={model.setDtype}
            />
          </dd>
        </div>
        <div>
          <dt>runs on</dt>
          <dd>
            <BareSelect label="Runs on" value={device ?? 'wasm'} choices={devices} onChange={model.setDevice} />
            {best?.why != null && <span className="quiet"> {best.why}</span>}
          </dd>
        </div>
        <div>
          <dt>to fetch</dt>
          <dd className="figures">{bytesText(need.weightsBytes + description.otherBytes)}</dd>
        </div>
        <div>
          <dt>memory</dt>
          <dd className="figures">
            about {bytesText(need.totalBytes)} for {rollouts} rollouts of {positions} tokens
            <span className="quiet">
              {' '}
              (weights {bytesText(need.weightsBytes)}, caches {bytesText(need.cacheBytes)}, logits{' '}
              {bytesText(need.logitsBytes)})
            </span>
          </dd>
        </div>
      </dl>
      <Button look="primary" icon="download" onClick={() => void model.load()}>
        Load the model
      </Button>
    </section>
  );
}

function Loading() {
  const { model } = useReal();
  const progress = useModel((state) => state.progress);
  const isCompiling = progress.some(({ stage }) => stage === 'compile');
  const files = progress.filter(({ stage }) => stage === 'file');
  return (
    <section className="real-loading" aria-label="Loading">
      {files.map(({ file, loadedBytes, totalBytes }) => (
        <Progress
          key={file}
          label={file}
          share={totalBytes === 0 ? null : Math.min(1, loadedBytes / totalBytes)}
          detail={`${bytesText(loadedBytes)}${totalBytes === 0 ? '' : ` of ${bytesText(totalBytes)}`}`}
        />
      ))}
      <Progress
        label={isCompiling || files.length > 0 ? 'Building the graph' : 'Starting the runtime'}
        share={null}
        detail=""
        onCancel={model.cancel}
      />
    </section>
  );
}
