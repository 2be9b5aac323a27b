import { shortened } from '../events/shortened.ts';

/**
 * What is wrong, as one text. A message goes into answers and logs: whatever the size of the input, it stays one that
 * can be read.
 */
export const listed = (problems: readonly string[]): string => {
  const some = problems.slice(0, 10).map((problem) => shortened(problem, 200));
  return [...some, ...(problems.length > 10 ? [`${problems.length - 10} more`] : [])].join('; ');
};
