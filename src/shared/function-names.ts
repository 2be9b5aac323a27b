/**
 * The Lambda functions. Each has a folder of the same name in `src/handlers`,
 * and its name in AWS ends with it.
 */
export const FUNCTION_NAMES = [
  'request',
  'apply',
  'project',
  'archive',
  'seal',
  'reconcile',
  'sweep',
  'redrive',
  'query',
] as const;
