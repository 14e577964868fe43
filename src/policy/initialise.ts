// Random initial parameters, the same on every engine: a pure function of the config and a seed.

import { philox4x32, seedWords, unitInterval } from '../temperature/philox.ts';
import type { PolicyConfig } from './config.ts';
import { elementCount, parameterShapes, type Tensor } from './parameters.ts';

/** Standard deviation of weights (GPT-2; initializer_range in config.json). */
const USUAL_DEVIATION = 0.02;

/** The last stream of Philox is kept for this, so that no rollout ever shares a draw with the weights. */
const INITIALISATION_STREAM = 0xffffffff;

/**
 * Weights normal(0, deviation), .02 unless said otherwise; those that write to the residual stream divided by sqrt(2 layers), so that its variance does
 * not grow with depth (GPT-2 section 2.3); gains 1; biases 0.
 * @throws RangeError for a seed that is no safe integer >= 0
 */
export function initialParameters(
  config: PolicyConfig,
  seed: number,
  deviation = USUAL_DEVIATION,
): Map<string, Tensor> {
  const residual = deviation / Math.sqrt(2 * config.layers);
  const parameters = new Map<string, Tensor>();
  for (const [index, { name, shape }] of parameterShapes(config).entries()) {
    const data = new Float32Array(elementCount(shape));
    if (name.endsWith('norm.weight')) data.fill(1);
    else if (name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight'))
      fillNormal(data, seed, index, residual);
    else if (!name.endsWith('.bias')) fillNormal(data, seed, index, deviation);
    parameters.set(name, { shape, data });
  }
  return parameters;
}

/** Box-Muller in float64: two uniforms make two normals, so one Philox block makes four values. */
function fillNormal(data: Float32Array, seed: number, tensor: number, deviation: number): void {
  const [key0, key1] = seedWords(seed);
  const words = new Uint32Array(4);
  for (let i = 0; i < data.length; i += 4) {
    philox4x32(words, i / 4, tensor, 0, INITIALISATION_STREAM, key0, key1);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log(unitInterval(words[pair]!)));
      const angle = 2 * Math.PI * unitInterval(words[pair + 1]!);
      // Stores past the end of a typed array are ignored: the last block may be cut.
      data[i + pair] = radius * Math.cos(angle);
      data[i + pair + 1] = radius * Math.sin(angle);
    }
  }
}
