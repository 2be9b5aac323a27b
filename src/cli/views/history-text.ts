import type { RecordedEvent } from '../../events/recorded-event.ts';
import { parseArn } from '../../events/resource-arn.ts';
import type { Tag } from '../../events/tag.ts';
import {
  type Cause,
  type DependencyObserved,
  isSimulated,
  type ResourceRetired,
  requestIdOf,
  type TagEvent,
  type TagNote,
  type TagObserved,
  type Who,
} from '../../events/tag-event.ts';
import { callText, whoText } from '../../explain/actor-text.ts';
import { lateIn } from '../../projections/changes.ts';
import { coloured, indentedBy, type TextColour, type TextStyle } from '../text-style.ts';
import { paragraph } from './fit-text.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';
import { FACTS, table } from './table.ts';

/** The width of the names of an event's facts. */
const NAME = 8;
/** How much of a hash is shown where it need not be in full. */
const SHORT_HASH = 12;
/** The characters of a moment up to its second. */
const SECOND = '2026-03-30T15:00:00'.length;

/**
 * A resource's events as text, one block for each: who and why, what it says, its tags one per line, and its
 * hash. On a terminal the hash is shortened, and when an event was recorded is left out if that was in the same
 * second. `shown` are those of them that are written, in the order of the text.
 */
export const historyText = (
  events: readonly RecordedEvent[],
  style: TextStyle,
  shown: readonly RecordedEvent[] = events,
): string => {
  const [first] = events;
  if (!first) return '';
  const { id, type, account, region } = parseArn(first.stream);
  const late = lateIn(events);
  const requests = requestsIn(events);
  return [
    paragraph(sanitizeTerminal(`${type} ${id} in account ${account}, Region ${region}`), style),
    ...shown.map((recorded) => blockOf(recorded, { requests, isLate: late.has(recorded.seq), style })),
  ].join('\n\n');
};

/** The place of the first event of each request, by the request's id. */
const requestsIn = (events: readonly RecordedEvent[]): ReadonlyMap<string, number> =>
  new Map(
    events.flatMap(({ seq, event }) =>
      event.type === 'TagRequested' && event.attempt === 1 ? [[requestIdOf(event), seq] as const] : [],
    ),
  );

const COLOURS: Partial<Readonly<Record<TagEvent['type'], TextColour>>> = {
  TagApplied: 'green',
  TagFailed: 'red',
  TamperDetected: 'red',
};

const blockOf = (
  { seq, recordedAt, hash, event }: RecordedEvent,
  {
    requests,
    isLate,
    style,
  }: {
    readonly requests: ReadonlyMap<string, number>;
    readonly isLate: boolean;
    readonly style: TextStyle;
  },
): string => {
  const { facts, tags } = contentOf(event, requests);
  const inner = indentedBy(2, style);
  const factsText = (rows: readonly (readonly string[])[]): string =>
    indent(
      2,
      table(
        rows.map(([name = '', text = '']) => [name.padEnd(NAME), text]),
        inner,
        FACTS,
      ),
    );
  const heading = [
    coloured(`event ${seq}`, 'bold', style),
    coloured(event.type, COLOURS[event.type], style),
    event.effectiveAt,
    ...(isSimulated(event) ? ['simulated'] : []),
  ];
  const isDelayed = recordedAt.slice(0, SECOND) !== event.effectiveAt.slice(0, SECOND);
  const recorded = ['recorded', `${recordedAt}${isLate ? ', late: after events that happened later' : ''}`];
  return [
    heading.join('  '),
    factsText([...facts, ...(isDelayed || style.width === undefined ? [recorded] : [])]),
    ...tags.map((line) => indent(4, paragraph(sanitizeTerminal(line), indentedBy(4, style)))),
    factsText([['hash', style.width === undefined ? hash : hash.slice(0, SHORT_HASH)]]),
  ].join('\n');
};

const indent = (columns: number, text: string): string => text.replace(/^/gm, ' '.repeat(columns));

/** What an event says: facts with their names, of which who and why come first, and lines about tags. */
interface Content {
  readonly facts: readonly (readonly string[])[];
  readonly tags: readonly string[];
}

const contentOf = (event: TagEvent, requests: ReadonlyMap<string, number>): Content => {
  switch (event.type) {
    case 'TagRequested':
      return {
        facts: [...actFacts(event), ...(event.attempt > 1 ? [['attempt', String(event.attempt)]] : [])],
        tags: [
          ...tagLines(event.tags),
          ...bornWith(event.birth?.tags),
          ...unseenLines(event),
          ...noteLines(event.notes),
        ],
      };
    case 'TagApplied':
      return {
        facts: [
          ...outcomeFacts(event, requests),
          ['EC2', `accepted the tags${event.awsRequestId ? ` as ${event.awsRequestId}` : ''}`],
        ],
        tags: tagLines(event.tags),
      };
    case 'TagFailed':
      return {
        facts: [
          ...outcomeFacts(event, requests),
          ['EC2', `refused with ${event.code} (${event.class}): ${event.message}`],
          ['next', event.retryAt ? `another attempt at ${event.retryAt}` : 'no further attempt'],
        ],
        tags: [],
      };
    case 'TagObserved':
      return {
        facts: actFacts(event),
        tags: [...tagLinesOf(event), ...noteLines(event.notes)],
      };
    case 'ResourceRestored':
      return {
        facts: actFacts(event),
        tags: [],
      };
    case 'DependencyObserved':
      return { facts: [...actFacts(event), ...dependencyFacts(event)], tags: [] };
    case 'ResourceRetired':
      return { facts: endFacts(event), tags: [] };
    case 'GapFound':
      return {
        facts: [...actFacts(event), ['missing', event.reason]],
        tags: [],
      };
    case 'PolicyRecorded':
      return {
        facts: [
          ...actFacts(event),
          ['policy', `${event.policy} from ${event.files.map(({ name }) => name).join(', ')}`],
        ],
        tags: [],
      };
    case 'CoverageRecorded':
      return {
        facts: [
          ['who', event.source],
          ['why', `records of ${event.account} from ${event.from} to ${event.to} were read`],
          ['Regions', event.regions.join(', ') || 'none'],
        ],
        tags: [],
      };
    case 'TamperDetected':
      return {
        facts: [
          ['who', 'unknown'],
          ['why', `${event.how} found it: ${event.what}`],
          ['where', placesText(event.tampered, event.seqs)],
          ['expected', event.expected],
          ['found', event.found],
        ],
        tags: [],
      };
  }
};

const dependencyFacts = ({ endsWith, children = [], unsure }: DependencyObserved): string[][] => [
  ...(endsWith === undefined ? [] : [['ends with', endsWith]]),
  ...(children.length > 0 ? [['children', children.join(', ')]] : []),
  ...(unsure === undefined
    ? []
    : [['children', `whether each ${unsure} ends with it is not known any more`]]),
];

const endFacts = ({ who, cause, repeated, uncertain, endedWith }: ResourceRetired): string[][] => [
  ['who', whoText(who)],
  ['why', `${causeText(cause)}${repeated ? ', before which it had ended' : ''}`],
  ...(endedWith === undefined ? [] : [['ended', `with ${endedWith}, if it depended on it`]]),
  ...(uncertain === undefined ? [] : [['unknown', uncertain]]),
];

/** Who and why of an attempt's outcome. */
const outcomeFacts = (
  { request, attempt }: { readonly request: string; readonly attempt: number },
  requests: ReadonlyMap<string, number>,
): string[][] => {
  const seq = requests.get(request);
  const asked = seq === undefined ? `request ${request}` : `the request of event ${seq}`;
  return [
    ['who', 'tagledger'],
    ['why', `${asked}${attempt > 1 ? `, attempt ${attempt}` : ''}`],
  ];
};

/** Who and why of what somebody did. */
const actFacts = ({ who, cause }: { readonly who?: Who | undefined; readonly cause: Cause }): string[][] => [
  ['who', whoText(who)],
  ['why', causeText(cause)],
];

const causeText = (cause: Cause): string => `${callText(cause)} ${cause.id}`;

const placesText = (tampered = 'the ledger', seqs: readonly number[]): string =>
  seqs.length > 0 ? `seq ${seqs.join(', ')} of ${tampered}` : tampered;

const tagLine = ({ key, value }: Tag): string => `${key}=${value}`;
const tagLines = (tags: readonly Tag[]): string[] => (tags.length > 0 ? tags.map(tagLine) : ['no tags']);

const creationLines = (event: TagObserved): string[] =>
  event.set.length > 0 || event.unseenTags
    ? [...bornWith(event.set), ...unseenLines(event)]
    : ['created without tags'];

const unseenLines = ({ unseenTags }: Pick<TagObserved, 'unseenTags'>): string[] =>
  unseenTags ? ['tags of its source were copied to it, which the record does not show'] : [];

const tagLinesOf = (event: TagObserved): string[] => {
  if (event.complete) return event.set.length > 0 ? event.set.map(shownLine) : ['existed without tags'];
  return event.how === 'birth' ? creationLines(event) : changeLines(event);
};

const shownLine = (tag: Tag): string => `existed with ${tagLine(tag)}`;

const bornWith = (tags: readonly Tag[] = []): string[] => tags.map((tag) => `created with ${tagLine(tag)}`);

const changeLines = ({ set, removed, removedIf = [], allSeen }: TagObserved): string[] => [
  ...(allSeen
    ? [set.length > 0 ? 'EC2 shows the tags that were copied to it' : 'EC2 shows no other tags']
    : []),
  ...set.map(tagLine),
  ...(removed === 'all' ? ['all tags removed'] : removed.map((key) => `${key} removed`)),
  ...removedIf.map(({ key, value }) => `${key} removed if it was ${JSON.stringify(value)}`),
];

const noteLines = (notes: readonly TagNote[] = []): string[] =>
  notes.map(({ key, note }) => `${key}: ${note}`);
