import { inspect, types } from 'node:util';
import { Assertion } from 'uvu/assert';
import { Violation } from './violation.ts';

/** What was thrown, whatever it was, as text: the message, uvu's diff, and the stack with its causes. */
export const explain = (thrown: unknown): string => {
  if (thrown instanceof Violation) return thrown.message;
  if (thrown instanceof Assertion) return explainAssertion(thrown);
  if (types.isNativeError(thrown)) return inspect(thrown);
  return `threw ${inspect(thrown)}, which is not an Error; throw an Error, which has a message and a stack.`;
};

// The expected and actual values are left out, since the diff shows them.
const explainAssertion = ({ message, operator, details, stack = '' }: Assertion): string => {
  const frames = stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return [`${message} (${operator})`, ...(details ? [details.trimEnd()] : []), ...frames].join('\n');
};
