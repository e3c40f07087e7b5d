/** Keeps the last bytes of a stream, however much of it there is. */
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
    // Joined only when twice the size has gathered, so that many small chunks stay cheap.
    if (this.#length > 2 * this.#size) this.#trim();
  }

  get text(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #trim(): void {
    if (this.#length <= this.#size) return;
    const kept = Buffer.concat(this.#chunks).subarray(-this.#size);
    // A copy: a view would keep all that was joined alive.
    this.#chunks = [Buffer.from(kept)];
    this.#length = this.#size;
  }
}
