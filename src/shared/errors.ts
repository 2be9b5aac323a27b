/** Somebody gave something that cannot be used; the message says what was got, what was expected, what to do. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}
