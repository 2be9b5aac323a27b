/** The input cannot be used. The message says what is wrong with it and what to do. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** The storage failed: no permission, no space, damaged. The message says what happened and what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}
