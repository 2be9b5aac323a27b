import { nextText } from '../../../alerts/notices/failure-alert.ts';
import { callText, whoText } from '../../../explain/actor-text.ts';
import type { WhyAnswer } from '../../../explain/answer.ts';
import type { ExplainedAttempt, ExplainedRequest } from '../../../explain/requests.ts';
import { isShownOnly, type TagWhy } from '../../../explain/tags.ts';
import type { WhoView } from '../../../explain/what-if.ts';
import { coloured, indentedBy, type TextStyle } from '../../text-style.ts';
import { paragraph } from '../../views/fit-text.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { statusColour } from '../../views/status-colour.ts';
import { FACTS, type TableColumn, table } from '../../views/table.ts';
import { trailText } from './trail-text.ts';

/** An answer as text: the verdict, then its evidence. */
export const answerText = (
  { verdict, resource, tags, requests, trail, hints }: WhyAnswer,
  style: TextStyle,
): string =>
  [
    paragraph(sanitizeTerminal(verdict), style),
    ...(tags.length > 0 ? ['', table(tags.map(tagRow), style, TAGS)] : []),
    ...requests.flatMap((ask, i) => [
      '',
      `request ${i + 1}: ${coloured(ask.status, statusColour(ask.status), style)}`,
      indent(table(askRows(ask), indentedBy(2, style), FACTS)),
    ]),
    ...(trail ? ['', trailText(trail, style)] : []),
    ...(hints.length > 0
      ? ['', ...hints.map((hint) => paragraph(sanitizeTerminal(`note: ${hint}`), style))]
      : []),
    ...(resource ? ['', `all that was recorded: tagledger history ${resource.arn}`] : []),
  ].join('\n');

const TAGS: readonly TableColumn[] = [
  { name: 'tag' },
  { name: 'value', fit: 'cut', least: 16 },
  { name: 'why', fit: 'wrap', least: 24 },
];

const tagRow = (tag: TagWhy): string[] => [
  tag.key,
  tag.value ?? '',
  `${becauseText(tag)}${tag.simulated ? ', in a simulated EC2' : ''}${tag.isCut ? '; the value that the rule gives is longer than EC2 takes' : ''}`,
];

const becauseText = (tag: TagWhy): string => {
  const { fate, value, who, cause, at, asked, error } = tag;
  const call = `${callText(cause)} ${cause.id}`;
  const by = isShownOnly(tag)
    ? `by nobody who is known: ${call} showed it`
    : `by ${named(who)} with ${call} at ${at}`;
  switch (fate) {
    case 'set':
      return `tagledger set it at ${at} for ${named(who)}, because of ${call}`;
    case 'others':
      return `${tag.isBornWith ? 'created with it' : 'set'} ${by}`;
    case 'kept':
      return `kept, for its rule does not overwrite: ${tag.isBornWith ? 'created with it' : 'set'} ${by}`;
    case 'replaced':
      return `set ${by}; asked for was ${asked}`;
    case 'removed':
      return `removed ${by}`;
    case 'missing-field':
      return `left out: a field of its rule has no value in ${call} at ${at}`;
    case 'open':
      return `asked for by ${named(who)} with ${call} at ${at}: waits for an attempt`;
    case 'retrying':
    case 'failed':
      return `not set${value === null ? '' : ` to ${asked}`}: ${error.code} (${error.class}); ${nextText(error.retryAt)}`;
    case 'too-late':
      return `asked for with ${call} at ${at}, but the resource ended first`;
    case 'untold':
      return `asked for with ${call} at ${at}: no event says what became of it`;
  }
};

const askRows = ({ at, who, cause, rules, tags, attempts }: ExplainedRequest): string[][] => [
  ['asked', `at ${at} for ${named(who)}, because of ${callText(cause)} ${cause.id}`],
  ['by', rules ? `the rules ${rules}` : 'the caller, who named the tags'],
  ['tags', tags.map(({ key, value }) => `${key}=${value}`).join(' ')],
  ...attempts.flatMap(attemptRows),
];

const attemptRows = ({ attempt, at, keys, awsRequestId, error, simulated }: ExplainedAttempt): string[][] => {
  const which = `attempt ${attempt}`;
  if (!error) {
    return [
      [
        which,
        `at ${at}: ${simulated ? 'the simulated EC2' : 'EC2'} accepted ${keys.join(', ')}${awsRequestId ? ` as ${awsRequestId}` : ''}`,
      ],
    ];
  }
  return [
    [which, `at ${at}: ${error.code} (${error.class}) for ${keys.join(', ')}`],
    ['EC2 says', error.message],
    ['what next', nextText(error.retryAt)],
    ['what to do', error.advice],
  ];
};

const named = (who: WhoView | null): string =>
  who ? `${whoText(who)} (${who.confidence})` : whoText(undefined);

const indent = (text: string): string => text.replace(/^/gm, '  ');
