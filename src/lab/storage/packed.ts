// The rollouts of a step as they are stored: the lines that rollouts.jsonl will hold, gzip. About a third of the text.

import { parseRolloutRecord, type RolloutRecord, rolloutRecordLine } from '../../grpo/rolloutRecord.ts';

async function through(bytes: Uint8Array<ArrayBuffer>, by: CompressionStream | DecompressionStream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(by)).arrayBuffer());
}

/** Text to gzip. */
export const packText = (text: string): Promise<Uint8Array<ArrayBuffer>> =>
  through(new TextEncoder().encode(text), new CompressionStream('gzip'));

/** The text that packText was given. */
export const unpackText = async (packed: Uint8Array<ArrayBuffer>): Promise<string> =>
  new TextDecoder().decode(await through(packed, new DecompressionStream('gzip')));

export const packRollouts = (rollouts: readonly RolloutRecord[]): Promise<Uint8Array<ArrayBuffer>> =>
  packText(rollouts.map((record) => `${rolloutRecordLine(record)}\n`).join(''));

/** @param where opens the message of an error, e.g. 'The rollouts of step 3' @throws RolloutRecordError */
export async function unpackRollouts(packed: Uint8Array<ArrayBuffer>, where: string): Promise<RolloutRecord[]> {
  const lines = (await unpackText(packed)).split('\n').slice(0, -1);
  return lines.map((line, i) => parseRolloutRecord(line, `${where}, line ${i + 1}`));
}
