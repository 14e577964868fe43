// Help for the problem, the batch and the optimiser.

import type { HelpTable } from './entry.ts';

export const runHelp = {
  task: {
    label: 'Task',
    help: 'What the policy is asked to do; a program checks every answer, and knows which tokens are forks.',
    source: 'each task names its own',
  },
  difficulty: {
    label: 'Difficulty',
    help: 'How hard the problems of the task are.',
    source: 'each task names its own',
  },
  seed: {
    label: 'Seed',
    help: 'Problems, their order and all noise follow from this number: the same seed gives the same run.',
    source: 'ours',
    isOurs: true,
  },
  prompts: {
    label: 'Prompts',
    unit: 'per step',
    help: 'How many problems, and so groups of rollouts, a training step draws.',
    source: 'ours: measured in miniature',
    isOurs: true,
  },
  group: {
    label: 'G, rollouts',
    unit: 'per prompt',
    help: 'How many answers are sampled for each problem; their rewards are compared with each other.',
    source: '2402.03300; the authors of 2510.08892 use 8',
  },
  maxNewTokens: {
    label: 'Longest answer',
    unit: 'tokens',
    help: 'An answer that is not finished by then is cut off and gets no reward.',
    source: 'the task’s longest legal answer',
    isOurs: true,
  },
  'optimizer.learningRate': {
    label: 'Learning rate',
    help: 'How far AdamW steps; too large breaks what the policy knows, too small learns nothing in time.',
    source: 'ours: measured in miniature',
    isOurs: true,
  },
  'optimizer.warmupSteps': {
    label: 'Warm-up of the rate',
    unit: 'steps',
    help: 'Over how many steps the learning rate rises in a straight line.',
    source: 'ours',
    isOurs: true,
  },
  'optimizer.beta1': { label: 'β_1', help: 'AdamW’s memory of gradients.', source: '1412.6980' },
  'optimizer.beta2': { label: 'β_2', help: 'AdamW’s memory of squared gradients.', source: '1412.6980' },
  'optimizer.epsilon': {
    label: 'ε of AdamW',
    help: 'Added to the root of the squared gradients, so that nothing is divided by 0.',
    source: '1412.6980',
  },
  'optimizer.weightDecay': {
    label: 'Weight decay',
    help: 'How much of each weight is taken away in a step, apart from the gradient.',
    source: '1711.05101',
    isOurs: true,
  },
  'optimizer.clipNorm': {
    label: 'Gradient clip',
    help: 'The largest norm of the whole gradient; 0 turns the clip off.',
    source: '2503.14476: 1',
  },
  'update.innerEpochs': {
    label: 'μ, inner epochs',
    help: 'How often a step’s rollouts are gone through; from the second time on ratios differ from 1.',
    source: '2402.03300',
    isOurs: true,
  },
  'update.miniBatches': {
    label: 'Mini-batches',
    help: 'Into how many optimiser steps one pass over the rollouts is split.',
    source: '2503.14476: 16',
    isOurs: true,
  },
  'update.microBatchTokens': {
    label: 'Micro-batch',
    unit: 'tokens',
    help: 'How many tokens go through the policy at once; it bounds the memory and changes nothing else.',
    source: 'ours',
    isOurs: true,
  },
  checkpointEvery: {
    label: 'Checkpoint every',
    unit: 'steps',
    help: 'How often the policy is kept, to go back to or to evaluate; 0 keeps only the last.',
    source: 'ours',
    isOurs: true,
  },
} as const satisfies HelpTable;
