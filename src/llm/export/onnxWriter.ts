// An ONNX model, written node by node: a graph of operations in the order in which they run.
//
//   ModelProto { ir_version, producer_name, graph, opset_import* }
//   GraphProto { node*, name, initializer*, input*, output* }
//
// Values are known by name: inputs, constants ("initializers", whose bytes are part of the file) and what nodes give.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { elementCount } from '../../policy/parameters.ts';
import { Message } from './protobuf.ts';

/** The operators of ONNX Runtime that are in no standard. */
export const MICROSOFT = 'com.microsoft';

const IR_VERSION = 8;
const STANDARD_OPSET = 17;
const MICROSOFT_OPSET = 1;
/** Readers of protobuf count bytes in 31 bits. */
const MOST_BYTES = 2 ** 31 - 1;

/** TensorProto.DataType. */
export const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 } as const;
export type DataType = keyof typeof DATA_TYPE;

/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const;

export type Attribute = { readonly int: number } | { readonly float: number } | { readonly ints: readonly number[] };

/** The size of one axis: fixed, or a name that stands for a size known only when the model runs. */
export type Dimension = number | string;

/** Thrown for a graph that no reader would take; the message is one sentence. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: typeof MICROSOFT;
  /** Names of what it gives; default: one name of its own making. */
  readonly outputs?: readonly string[];
}

/** A graph under construction. Methods that make a value return its name. */
export class OnnxGraph {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  readonly #constants = new Map<string, string>();
  #count = 0;

  /** Number of operations. */
  get nodeCount(): number {
    return this.#nodes.length;
  }

  input(name: string, type: DataType, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Declares a value that some node gives as an output of the model. */
  output(name: string, type: DataType, shape: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** A constant tensor, row-major; its memory is read when the model is finished. */
  tensor(name: string, shape: readonly number[], data: Float32Array | Int32Array | BigInt64Array): string {
    if (elementCount(shape) !== data.length)
      throw new OnnxError(`The tensor ${name} holds ${data.length} values, but its shape is [${shape}].`);
    const type = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
    const message = new Message();
    for (const size of shape) message.int(1, size);
    // Typed arrays are little-endian on every machine that runs WebGPU, as raw_data is.
    message.int(2, DATA_TYPE[type]).text(8, name);
    this.#initializers.push(message.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
    return name;
  }

  /** Small int64 constants, for axes and sizes: a list, or a scalar. Equal ones are one constant. */
  int64(value: number | readonly number[]): string {
    const list = typeof value === 'number' ? [value] : value;
    const shape = typeof value === 'number' ? [] : [list.length];
    return this.#constant(`int64 ${JSON.stringify(value)}`, shape, BigInt64Array.from(list.map(BigInt)));
  }

  /** A float32 scalar. */
  float32(value: number): string {
    return this.#constant(`float32 ${value}`, [], Float32Array.of(value));
  }

  /** Adds an operation. @returns the names of what it gives */
  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): readonly string[] {
    const { attributes = {}, domain, outputs = [this.#newName()] } = options;
    const message = new Message();
    for (const input of inputs) message.text(1, input);
    for (const output of outputs) message.text(2, output);
    message.text(3, `${operator}_${this.#nodes.length}`).text(4, operator);
    for (const [name, attribute] of Object.entries(attributes)) message.message(5, attributeMessage(name, attribute));
    if (domain !== undefined) message.text(7, domain);
    this.#nodes.push(message);
    return outputs;
  }

  /** Adds an operation that gives one value. @returns its name */
  op(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.node(operator, inputs, { attributes })[0]!;
  }

  /**
   * The bytes of the .onnx file.
   * @throws OnnxError when it would be larger than 2 GiB
   */
  finish(name: string, producer: string): Uint8Array<ArrayBuffer> {
    const graph = new Message();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, name);
    for (const initializer of this.#initializers) graph.message(5, initializer);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    const model = new Message()
      .int(1, IR_VERSION)
      .text(2, producer)
      .message(7, graph)
      .message(8, new Message().text(1, '').int(2, STANDARD_OPSET))
      .message(8, new Message().text(1, MICROSOFT).int(2, MICROSOFT_OPSET));
    if (model.byteLength > MOST_BYTES)
      throw new OnnxError(`The model takes ${model.byteLength} bytes, but an ONNX file holds at most ${MOST_BYTES}.`);
    return model.finish();
  }

  #constant(key: string, shape: readonly number[], data: Float32Array | BigInt64Array): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.tensor(this.#newName(), shape, data);
    this.#constants.set(key, name);
    return name;
  }

  #newName(): string {
    return `v${this.#count++}`;
  }
}

function valueInfo(name: string, type: DataType, shape: readonly Dimension[]): Message {
  const dimensions = new Message();
  for (const size of shape)
    dimensions.message(1, typeof size === 'number' ? new Message().int(1, size) : new Message().text(2, size));
  const tensorType = new Message().int(1, DATA_TYPE[type]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}

function attributeMessage(name: string, attribute: Attribute): Message {
  const message = new Message().text(1, name);
  if ('float' in attribute) return message.float(2, attribute.float).int(20, ATTRIBUTE_TYPE.float);
  if ('int' in attribute) return message.int(3, attribute.int).int(20, ATTRIBUTE_TYPE.int);
  for (const value of attribute.ints) message.int(8, value);
  return message.int(20, ATTRIBUTE_TYPE.ints);
}
