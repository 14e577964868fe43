// Protocol Buffers, the writing half: a message is fields end to end, each a tag and a value.
//
//   tag = (field number << 3) | wire type      wire type 0: varint, 2: length and bytes, 5: four bytes
//
// Large bytes are kept as they were given and copied once, at the end.
// Format: https://protobuf.dev/programming-guides/encoding/

const VARINT = 0;
const LENGTH = 2;
const FOUR_BYTES = 5;

const encoder = new TextEncoder();

/** One message under construction; every method returns the message itself. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  get byteLength(): number {
    return this.#bytes;
  }

  /** An integer or an enum; negative ones take ten bytes, as the format wants. */
  int(field: number, value: number | bigint): this {
    return this.#varint(tag(field, VARINT)).#varint(value);
  }

  float(field: number, value: number): this {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setFloat32(0, value, true);
    return this.#varint(tag(field, FOUR_BYTES)).#push(four);
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint(tag(field, LENGTH)).#varint(value.length).#push(value);
  }

  message(field: number, value: Message): this {
    this.#varint(tag(field, LENGTH)).#varint(value.byteLength);
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const file = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      file.set(part, at);
      at += part.length;
    }
    return file;
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.#bytes += part.length;
    return this;
  }

  /** Seven bits a byte, the lowest first; the high bit says that more follow. */
  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    return this.#push(Uint8Array.of(...bytes, Number(rest)));
  }
}

const tag = (field: number, wireType: number) => (field << 3) | wireType;
