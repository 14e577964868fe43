// The rooms of the page. Each is a program of its own that is fetched when its tab is opened first.

import { type ComponentType, lazy } from 'react';
import type { Room } from '../../lab/settings/settings.ts';

interface RoomEntry {
  readonly title: string;
  /** What one does there, in a few words. */
  readonly summary: string;
  readonly Content: ComponentType;
}

export const ROOM_TABLE: Readonly<Record<Room, RoomEntry>> = {
  step: {
    title: 'Step',
    summary: 'Watch a policy think, token by token',
    Content: lazy(() => import('../step/StepRoom.tsx')),
  },
  train: {
    title: 'Train',
    summary: 'Watch it learn',
    Content: lazy(() => import('../train/TrainRoom.tsx')),
  },
  compare: {
    title: 'Compare',
    summary: 'Set runs and experiments side by side',
    Content: lazy(() => import('../compare/CompareRoom.tsx')),
  },
  evaluate: {
    title: 'Evaluate',
    summary: 'Measure what it has learnt',
    Content: lazy(() => import('../evaluate/EvaluateRoom.tsx')),
  },
  model: {
    title: 'Real model',
    summary: 'Step a language model from the hub or your disk',
    Content: lazy(() => import('../real/RealRoom.tsx')),
  },
  learn: {
    title: 'Learn',
    summary: 'The ideas, live',
    Content: lazy(() => import('../learn/LearnRoom.tsx')),
  },
};
