import { visible } from '../../lab/step/facts.ts';
import { count } from '../../lab/results/words.ts';
import { bytesText } from '../../lab/train/words.ts';
import { Button } from '../kit/Button.tsx';
import { useModel, useReal } from './realContext.ts';

/** Which model is loaded, and what runs it. */
export function ModelBar() {
  const { model: store } = useReal();
  const model = useModel((state) => state.model);
  const best = useModel((state) => state.best);
  if (model === null) return null;
  const { name, dtype, device, adapter, description, stopTokens } = model;
  const weights = description.dtypes.find((choice) => choice.dtype === dtype)?.bytes ?? 0;
  return (
    <header className="real-bar">
      <div className="real-bar-words">
        <h2>{name}</h2>
        <p className="quiet figures">
          {description.modelType}, {count(description.layers, 'layer')}, {description.vocabulary.toLocaleString('en')}{' '}
          tokens, {dtype} ({bytesText(weights)}), ends at{' '}
          {stopTokens.length === 0
            ? 'its length only'
            : stopTokens.map(({ id, piece }) => <code key={id}>{visible(piece)}</code>)}
        </p>
        <p className="real-device" role="status">
          <span className="badge">{device === 'webgpu' ? 'WebGPU' : 'wasm on the CPU'}</span>
          <span data-testid="model-adapter">{adapter}</span>
          {device === 'wasm' && <span className="quiet">{best?.why ?? 'It was chosen instead of WebGPU.'}</span>}
        </p>
      </div>
      <Button onClick={store.close}>Another model</Button>
    </header>
  );
}
