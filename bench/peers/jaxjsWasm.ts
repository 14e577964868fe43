// jax-js on its WebAssembly backend: what the CPU engine is measured against.

import { jaxContender } from './jaxjs.ts';

export const contender = jaxContender('wasm');
