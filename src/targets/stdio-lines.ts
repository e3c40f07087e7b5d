const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. A line may come in any number of chunks: they are kept as they are and joined
 * once, so that a long line costs time in proportion to its length. Never holds more than the longest line allowed
 * and one chunk.
 */
export class LineCutter {
  /** How long a line may be, in bytes. */
  longest: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(longest: number) {
    this.longest = longest;
  }

  /** The line that this chunk ends, and what the chunk holds behind it; or undefined, and the chunk is kept. */
  push(chunk: Buffer): { readonly line: string; readonly after: Buffer } | undefined {
    const end = chunk.indexOf(NEWLINE);
    if (end < 0) {
      this.#keep(chunk);
      return undefined;
    }
    this.#keep(chunk.subarray(0, end));
    if (this.isTooLong) return undefined;
    const line = this.unfinished;
    this.#pieces = [];
    this.#length = 0;
    return { line, after: chunk.subarray(end + 1) };
  }

  /** Whether the line under way is longer than a line may be. */
  get isTooLong(): boolean {
    return this.#length > this.longest;
  }

  /** The line under way. */
  get unfinished(): string {
    return this.#pieces.length === 1
      ? (this.#pieces[0]?.toString('utf8') ?? '')
      : Buffer.concat(this.#pieces).toString('utf8');
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
}
