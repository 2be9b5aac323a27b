/** The Lambda functions: each has a folder of its name in `src/handlers`, and a name that ends with it in AWS. */
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
