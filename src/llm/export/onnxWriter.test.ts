import { describe, expect, it } from 'vitest';
import { OnnxError, OnnxGraph } from './onnxWriter.ts';
import { Message } from './protobuf.ts';

const hex = (message: Message) => Buffer.from(message.finish()).toString('hex');

describe('a protobuf message', () => {
  // The examples of https://protobuf.dev/programming-guides/encoding/
  it('is written as the format says', () => {
    expect(hex(new Message().int(1, 150))).toBe('089601');
    expect(hex(new Message().text(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(new Message().message(3, new Message().int(1, 150)))).toBe('1a03089601');
    expect(hex(new Message().int(1, -2))).toBe('08feffffffffffffffff01');
    expect(hex(new Message().int(20, 7))).toBe('a00107');
    expect(hex(new Message().float(2, -1.5))).toBe('150000c0bf');
  });

  it('says how long it is', () => {
    const inner = new Message().text(1, 'ü').int(2, 2 ** 40);
    const outer = new Message().message(5, inner).bytes(6, new Uint8Array(300));
    expect(outer.finish()).toHaveLength(outer.byteLength);
    expect(inner.byteLength).toBe(4 + 7);
  });
});

describe('a graph', () => {
  it('holds equal constants once', () => {
    const graph = new OnnxGraph();
    expect(graph.int64([1, 2])).toBe(graph.int64([1, 2]));
    expect(graph.int64(1)).not.toBe(graph.int64([1]));
    expect(graph.float32(1)).not.toBe(graph.int64(1));
  });

  it('refuses a tensor that is not of its shape', () => {
    const graph = new OnnxGraph();
    const write = () => graph.tensor('w', [2, 3], new Float32Array(5));
    expect(write).toThrow(OnnxError);
    expect(write).toThrow('The tensor w holds 5 values, but its shape is [2,3].');
  });
});
