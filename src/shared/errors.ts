/** The input cannot be used. The message says what is wrong with it and what to do. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}
