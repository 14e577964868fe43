// The text of one token by itself. Tokenizers of the GPT-2 kind cut text by bytes: a token may hold a part of a
// character, which no text can show; its bytes are shown instead.

/** GPT-2 writes every byte as one printable character: itself where it is one, else 256 and upwards in order. */
const byteOfCharacter: ReadonlyMap<string, number> = (() => {
  const bytes = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCharCode(isPrintable ? byte : next++), byte);
  }
  return bytes;
})();

/** Stands for bytes that are no whole character. */
const REPLACEMENT = '\ufffd';

/**
 * @param text what the tokenizer decodes the one token to
 * @param token how the vocabulary writes it; undefined: it does not know it
 */
export function pieceOf(text: string, token: string | undefined): string {
  if (!text.includes(REPLACEMENT) || token === undefined) return text;
  // Another kind of vocabulary names bytes like this.
  const [, named] = /^<0x([0-9A-F]{2})>$/.exec(token) ?? [];
  if (named !== undefined) return `\\x${named}`;
  const bytes = [...token].map((character) => byteOfCharacter.get(character));
  if (bytes.some((byte) => byte === undefined)) return token;
  return bytes.map((byte) => `\\x${byte!.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
