/** A reply that is not what the protocol asks for. The message says where, what was found and what was expected. */
export class Malformed extends Error {
  /** The command, by its index among those that were sent; undefined where the reply as a whole is wrong. */
  readonly observation: number | undefined;

  constructor(message: string, observation?: number) {
    super(message);
    this.name = 'Malformed';
    this.observation = observation;
  }
}
