import { useStore } from 'zustand';
import type { Laboratory } from '../lab/laboratory.ts';

const BACKEND_WORDS = { webgpu: 'WebGPU', cpu: 'CPU', reference: 'float64 oracle' } as const;

export function App({ laboratory }: { laboratory: Laboratory }) {
  const { phase, engine, notice } = useStore(laboratory.engine);
  return (
    <header>
      <h1>multi-temperature lab</h1>
      <div className="status" role="status">
        {engine !== null && (
          <p>
            <span className="badge" data-backend={engine.backend}>
              {BACKEND_WORDS[engine.backend]}
            </span>{' '}
            <span data-testid="adapter">{engine.adapter}</span>
          </p>
        )}
        {phase === 'opening' && <p>Opening the engine …</p>}
        {notice !== null && <p className="notice">{notice}</p>}
        {phase === 'lost' && (
          <button type="button" onClick={() => void laboratory.start()}>
            Start again
          </button>
        )}
      </div>
    </header>
  );
}
