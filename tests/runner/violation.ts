/** A broken rule of the runner; its message alone says what is wrong and what to do, so no stack is shown. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
