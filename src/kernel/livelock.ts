/** The kernel would try for ever: a touch that faults again and again and never gets on. */
export class Livelock extends Error {
  override readonly name = 'Livelock';
}
