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
