// The operations of a Qwen2 decoder in float64, each forward next to its backward.
//
// Activations are row-major [T, width] arrays, one row a token. A backward takes d loss / d output, returns
// d loss / d input, and ADDS to the gradients of its parameters. Loops are written for reading, not for speed.

/** Row t of a [T, width] array, as a view. */
export function rowOf(x: Float64Array, t: number, width: number): Float64Array {
  return x.subarray(t * width, (t + 1) * width);
}

/** a . b */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** target += scale * x */
export function addScaled(target: Float64Array, scale: number, x: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * x[i]!;
}

export function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x + b[i]!);
}

// ---- Embedding: x_t = E[id_t] ---------------------------------------------------------------------------------

export function embed(table: Float64Array, ids: Int32Array, width: number): Float64Array {
  const x = new Float64Array(ids.length * width);
  ids.forEach((id, t) => {
    rowOf(x, t, width).set(rowOf(table, id, width));
  });
  return x;
}

export function embedBackward(dx: Float64Array, ids: Int32Array, width: number, dTable: Float64Array): void {
  ids.forEach((id, t) => {
    addScaled(rowOf(dTable, id, width), 1, rowOf(dx, t, width));
  });
}

// ---- Linear: y_t = W x_t + b, with W [out, in] -------------------------------------------------------------------

export function linear(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | null,
  outWidth: number,
): Float64Array {
  const inWidth = weight.length / outWidth;
  const rows = x.length / inWidth;
  const y = new Float64Array(rows * outWidth);
  for (let t = 0; t < rows; t++) {
    for (let o = 0; o < outWidth; o++) {
      let total = bias === null ? 0 : bias[o]!;
      for (let i = 0; i < inWidth; i++) total += weight[o * inWidth + i]! * x[t * inWidth + i]!;
      y[t * outWidth + o] = total;
    }
  }
  return y;
}

/** dx_t = W^T dy_t; dW += sum_t dy_t x_t^T; db += sum_t dy_t. */
export function linearBackward(
  x: Float64Array,
  weight: Float64Array,
  dy: Float64Array,
  outWidth: number,
  dWeight: Float64Array,
  dBias: Float64Array | null,
): Float64Array {
  const inWidth = weight.length / outWidth;
  const rows = x.length / inWidth;
  const dx = new Float64Array(x.length);
  for (let t = 0; t < rows; t++) {
    for (let o = 0; o < outWidth; o++) {
      const d = dy[t * outWidth + o]!;
      for (let i = 0; i < inWidth; i++) {
        dx[t * inWidth + i]! += d * weight[o * inWidth + i]!;
        dWeight[o * inWidth + i]! += d * x[t * inWidth + i]!;
      }
      if (dBias !== null) dBias[o]! += d;
    }
  }
  return dx;
}

// ---- RMSNorm: y = g * x / sqrt(mean(x^2) + epsilon) ----------------------------------------------------------------

export function rmsNorm(x: Float64Array, gain: Float64Array, epsilon: number): Float64Array {
  const width = gain.length;
  const y = new Float64Array(x.length);
  for (let t = 0; t < x.length / width; t++) {
    const xt = rowOf(x, t, width);
    const inverse = 1 / Math.sqrt(dot(xt, xt) / width + epsilon);
    for (let i = 0; i < width; i++) y[t * width + i] = gain[i]! * xt[i]! * inverse;
  }
  return y;
}

/** With n = x * inverse and dn = dy * g: dx = inverse * (dn - n * mean(dn * n)); dg += dy * n. */
export function rmsNormBackward(
  x: Float64Array,
  gain: Float64Array,
  epsilon: number,
  dy: Float64Array,
  dGain: Float64Array,
): Float64Array {
  const width = gain.length;
  const dx = new Float64Array(x.length);
  for (let t = 0; t < x.length / width; t++) {
    const xt = rowOf(x, t, width);
    const dyt = rowOf(dy, t, width);
    const inverse = 1 / Math.sqrt(dot(xt, xt) / width + epsilon);
    const n = xt.map((v) => v * inverse);
    const dn = dyt.map((d, i) => d * gain[i]!);
    const mean = dot(dn, n) / width;
    for (let i = 0; i < width; i++) {
      dx[t * width + i] = inverse * (dn[i]! - n[i]! * mean);
      dGain[i]! += dyt[i]! * n[i]!;
    }
  }
  return dx;
}

// ---- RoPE: each pair (x_i, x_{i + D/2}) of a head turns by position * theta^(-2i/D) (Hugging Face's rotate_half) ---

/** Turns every head of x [T, heads * headWidth]; row t stands at position firstPosition + t. */
export function rotate(
  x: Float64Array,
  headWidth: number,
  width: number,
  theta: number,
  firstPosition = 0,
): Float64Array {
  return turn(x, headWidth, width, theta, firstPosition, 1);
}

/** A rotation's transpose turns back by the same angle. */
export function rotateBackward(dy: Float64Array, headWidth: number, width: number, theta: number): Float64Array {
  return turn(dy, headWidth, width, theta, 0, -1);
}

function turn(
  x: Float64Array,
  headWidth: number,
  width: number,
  theta: number,
  firstPosition: number,
  direction: 1 | -1,
): Float64Array {
  const half = headWidth / 2;
  const y = new Float64Array(x.length);
  for (let t = 0; t < x.length / width; t++) {
    for (let i = 0; i < half; i++) {
      const angle = direction * (firstPosition + t) * theta ** ((-2 * i) / headWidth);
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      for (let head = 0; head < width; head += headWidth) {
        const a = t * width + head + i;
        const b = a + half;
        y[a] = x[a]! * cos - x[b]! * sin;
        y[b] = x[b]! * cos + x[a]! * sin;
      }
    }
  }
  return y;
}

// ---- SwiGLU: h = silu(gate) * up, silu(g) = g * sigmoid(g) ---------------------------------------------------------

const sigmoid = (g: number) => 1 / (1 + Math.exp(-g));

export function swiglu(gate: Float64Array, up: Float64Array): Float64Array {
  return gate.map((g, i) => g * sigmoid(g) * up[i]!);
}

/** silu'(g) = s + g s (1 - s), s = sigmoid(g). */
export function swigluBackward(
  gate: Float64Array,
  up: Float64Array,
  dHidden: Float64Array,
): { dGate: Float64Array; dUp: Float64Array } {
  const dGate = gate.map((g, i) => {
    const s = sigmoid(g);
    return dHidden[i]! * up[i]! * (s + g * s * (1 - s));
  });
  const dUp = gate.map((g, i) => dHidden[i]! * g * sigmoid(g));
  return { dGate, dUp };
}
