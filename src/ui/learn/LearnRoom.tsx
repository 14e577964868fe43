// The Learn room: four ideas, each with a figure that the engine feeds and the reader turns.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Notice } from '../kit/Notice.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { AdvantageFigure } from './AdvantageFigure.tsx';
import { EntropyFigure } from './EntropyFigure.tsx';
import { GateFigure } from './GateFigure.tsx';
import { TemperatureFigure } from './TemperatureFigure.tsx';
import './learn.css';

export default function LearnRoom() {
  const { learn, settings } = useLaboratory();
  const state = useStore(learn);
  const task = useStore(settings, ({ settings: { config } }) => config.task);
  useEffect(() => learn.open(task), [learn, task]);
  return (
    <div className="learn">
      <p className="learn-lead">
        Four ideas, in the order in which one needs them. Every number below is computed now, by the same engine that
        samples and trains; turn things and see.
      </p>
      {state.failure !== null && <Notice tone="problem">{state.failure}</Notice>}
      <EntropyFigure state={state} look={learn.look} />
      <TemperatureFigure state={state} />
      <AdvantageFigure state={state} sampleAnother={learn.sampleAnother} />
      <GateFigure state={state} />
    </div>
  );
}
