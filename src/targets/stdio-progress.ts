/** Counts the progress lines of the current case: one per finished command. */
export class StepProgress {
  readonly #id: number;
  readonly #steps: number;
  #finished = 0;

  /** @param steps the number of commands sent */
  constructor(id: number, steps: number) {
    this.#id = id;
    this.#steps = steps;
  }

  /** The number of finished commands. */
  get finished(): number {
    return this.#finished;
  }

  /** True if the line reports the next command. Any other line must be the response. */
  readonly take = (line: string): boolean => {
    if (this.#finished === this.#steps || !line.includes('"progress"') || !this.#isNext(line)) return false;
    this.#finished++;
    return true;
  };

  #isNext(line: string): boolean {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return false;
    }
    return (
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      value.type === 'progress' &&
      'id' in value &&
      value.id === this.#id &&
      'step' in value &&
      value.step === this.#finished
    );
  }
}
