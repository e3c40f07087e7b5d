const NEWLINE = 0x0a;

/**
 * Splits a stream of bytes into lines. The chunks of a line are joined once, so that a long line takes linear time. The
 * buffer never holds more than the maximum line length plus one chunk.
 */
export class LineCutter {
  /** The maximum length of a line, in bytes. */
  longest: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(longest: number) {
    this.longest = longest;
  }

  /** The line that this chunk completes, and the rest of the chunk; undefined if no line is complete yet. */
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

  /** True if the incomplete line exceeds the maximum length. */
  get isTooLong(): boolean {
    return this.#length > this.longest;
  }

  /** The incomplete line. */
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

/** Keeps the last bytes of a stream of any length. */
export class Tail {
  readonly #size: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(size: number) {
    this.#size = size;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    // Chunks are joined only after twice the size has accumulated, so that small chunks are cheap.
    if (this.#length > 2 * this.#size) this.#trim();
  }

  get text(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #trim(): void {
    if (this.#length <= this.#size) return;
    const kept = Buffer.concat(this.#chunks).subarray(-this.#size);
    // A copy, because a view would keep the whole joined buffer alive.
    this.#chunks = [Buffer.from(kept)];
    this.#length = this.#size;
  }
}
