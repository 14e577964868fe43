import { describe, expect, it } from 'vitest';
import { compileProduct, PANEL, packedLength, packWeight, ROW_TILE, roundUp } from './product.ts';

const BYTES = 4;

describe('the wasm product', () => {
  it.each([
    [1, 1, 1],
    [4, 8, 8],
    [3, 7, 5],
    [64, 192, 64],
    [9, 20, 33],
  ])('multiplies %i rows by [%i, %i]', async (rows, outWidth, inWidth) => {
    const memory = new WebAssembly.Memory({ initial: 8 });
    const product = await compileProduct(memory);
    const paddedRows = roundUp(rows, ROW_TILE);
    const paddedOut = roundUp(outWidth, PANEL);
    let end = 0;
    const room = (length: number) => {
      const at = end;
      end += roundUp(length * BYTES, 16);
      return { at, data: new Float32Array(memory.buffer, at, length) };
    };
    const x = room(paddedRows * inWidth);
    const packed = room(packedLength(outWidth, inWidth));
    const bias = room(paddedOut);
    const y = room(paddedRows * paddedOut);
    const wave = (length: number, phase: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.3 + phase));
    const weight = wave(outWidth * inWidth, 1);
    packWeight(weight, outWidth, inWidth, packed.data);
    x.data.set(wave(rows * inWidth, 2));
    bias.data.set(wave(outWidth, 3));
    const expected = (row: number, o: number) => {
      let sum = 0;
      for (let i = 0; i < inWidth; i++) sum += x.data[row * inWidth + i]! * weight[o * inWidth + i]!;
      return sum;
    };
    const panels = paddedOut / PANEL;
    const tiles = paddedRows / ROW_TILE;

    product(x.at, packed.at, bias.at, 0, y.at, tiles, inWidth, panels);
    for (let row = 0; row < rows; row++)
      for (let o = 0; o < outWidth; o++)
        expect(y.data[row * paddedOut + o]).toBeCloseTo(expected(row, o) + bias.data[o]!, 4);

    product(x.at, packed.at, y.at, paddedOut * BYTES, y.at, tiles, inWidth, panels);
    for (let row = 0; row < rows; row++)
      for (let o = 0; o < outWidth; o++)
        expect(y.data[row * paddedOut + o]).toBeCloseTo(2 * expected(row, o) + bias.data[o]!, 4);
  });
});
