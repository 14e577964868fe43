// Reads experiments on language models beside the engine, which goes on training or storing meanwhile.

import type { FromWorker, ToWorker } from '../../protocol.ts';
import { serve } from '../../serve.ts';
import { ModelExperimentLibrary } from './library.ts';
import { readModelExperiments } from './reading.ts';

const say = (message: FromWorker) => self.postMessage(message);
const answer = serve(readModelExperiments(new ModelExperimentLibrary()), say);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => answer(data));
