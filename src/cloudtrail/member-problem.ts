import * as v from 'valibot';
import { shown } from '../shared/text.ts';

/**
 * What is wrong with a record or event, as the end of a sentence about it: `it has no eventName`. The
 * message of the issue says what was expected, such as `a text`.
 */
export const memberProblem = (issue: v.BaseIssue<unknown>): string => {
  const where = v.getDotPath(issue);
  if (issue.input === undefined) return where ? `it has no ${where}` : 'nothing was given';
  return `${where ? `its ${where}` : 'it'} is ${shown(issue.input)}, not ${issue.message}`;
};
