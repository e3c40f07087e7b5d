/** Counts the lines by which a target reports that it has finished a command of the case under way. */
export class StepProgress {
  readonly #id: number;
  readonly #steps: number;
  #finished = 0;

  /** @param steps how many commands were sent */
  constructor(id: number, steps: number) {
    this.#id = id;
    this.#steps = steps;
  }

  /** How many commands are finished. */
  get finished(): number {
    return this.#finished;
  }

  /** Whether the line reports the next command. Every other line has to be the answer. */
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
