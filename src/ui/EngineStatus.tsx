import type { EngineDescription } from '../lab/protocol.ts';

const BACKEND_WORDS = { webgpu: 'WebGPU', cpu: 'CPU', reference: 'float64 oracle' } as const;

interface Props {
  readonly engine: EngineDescription | null;
  readonly failure: string | null;
  readonly reopen: () => void;
}

/** Names what the sampler runs on, and says why when it is not the GPU or when it stopped. */
export function EngineStatus({ engine, failure, reopen }: Props) {
  return (
    <div className="status" role="status">
      {engine === null ? (
        failure === null && <p>Opening the engine …</p>
      ) : (
        <p>
          <span className="badge" data-backend={engine.backend}>
            {BACKEND_WORDS[engine.backend]}
          </span>{' '}
          <span data-testid="adapter">{engine.adapter}</span>
          <span className="quiet"> · {engine.parameters.toLocaleString('en')} parameters, in a worker</span>
        </p>
      )}
      {engine?.notice != null && <p className="notice">{engine.notice} Sampling goes on with the CPU engine.</p>}
      {failure !== null && (
        <p className="notice failure">
          {failure}{' '}
          <button type="button" onClick={reopen}>
            Start again
          </button>
        </p>
      )}
    </div>
  );
}
