/** A reply that does not follow the protocol. The message contains the place, the value found and the expected form. */
export class Malformed extends Error {
  /** The command, by its index among those that were sent; undefined if the reply as a whole is wrong. */
  readonly observation: number | undefined;

  constructor(message: string, observation?: number) {
    super(message);
    this.name = 'Malformed';
    this.observation = observation;
  }
}
