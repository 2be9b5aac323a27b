import type { RecordedEvent } from '../../events/recorded-event.ts';
import { parseArn } from '../../events/resource-arn.ts';
import type { Tag } from '../../events/tag.ts';
import {
  isSimulated,
  type ResourceRetired,
  type TagEvent,
  type TagObserved,
  type TamperDetected,
} from '../../events/tag-event.ts';
import { whoText } from '../../explain/actor-text.ts';
import { table } from './table.ts';

/** A resource's events as text. */
export const historyText = (events: readonly RecordedEvent[]): string => {
  const [first] = events;
  if (!first) return '';
  const { id, type, account, region } = parseArn(first.stream);
  const rows = events.map(({ seq, recordedAt, hash, event }) => [
    String(seq),
    event.effectiveAt,
    recordedAt,
    hash.slice(0, 12),
    event.type,
    `${isSimulated(event) ? 'simulated: ' : ''}${what(event)}`,
  ]);
  return [
    `${type} ${id} in account ${account}, Region ${region}`,
    '',
    table([['seq', 'happened', 'recorded', 'hash', 'event', 'what'], ...rows]),
  ].join('\n');
};

const what = (event: TagEvent): string => {
  switch (event.type) {
    case 'TagRequested':
      return `${tagText(event.tags)} for ${whoText(event.who)}, because of ${event.cause.name ?? event.cause.source} ${event.cause.id}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}${bornWith(event.birth?.tags)}${notesText(event)}`;
    case 'TagApplied':
      return `${tagText(event.tags)} accepted by EC2${event.awsRequestId ? ` as ${event.awsRequestId}` : ''}`;
    case 'TagFailed':
      return `${event.code} (${event.class}), ${event.retryAt ? `again at ${event.retryAt}` : 'final'}: ${event.message}`;
    case 'TagObserved':
      return event.how === 'birth'
        ? `created by ${whoText(event.who)} with ${event.cause.name ?? 'an unnamed call'} ${event.cause.id}${bornWith(event.set)}${notesText(event)}`
        : `${changeText(event)} by ${whoText(event.who)} with ${event.cause.name ?? 'a sweep'} ${event.cause.id}`;
    case 'ResourceRestored':
      return `restored ${byCall(event)}`;
    case 'ResourceRetired':
      return `${event.repeated ? 'had ended before the call' : 'ended'} ${byCall(event)}`;
    case 'GapFound':
      return `${event.reason}, by ${whoText(event.who)}, event ${event.cause.id}`;
    case 'PolicyRecorded':
      return `policy ${event.policy} from ${event.files.map(({ name }) => name).join(', ')}, by ${whoText(event.who)}`;
    case 'CoverageRecorded':
      return `records of ${event.account} from ${event.from} to ${event.to} in ${event.regions.join(', ') || 'no Region'}, by ${event.source}`;
    case 'TamperDetected':
      return `${event.what}: ${placesText(event)}: expected ${event.expected}, found ${event.found}, by ${event.how}`;
  }
};

const byCall = ({ who, cause }: Pick<ResourceRetired, 'who' | 'cause'>): string =>
  `by ${whoText(who)} with ${cause.name ?? 'an unnamed call'} ${cause.id}`;

const placesText = ({ tampered = 'the ledger', seqs }: TamperDetected): string =>
  seqs.length > 0 ? `${seqs.join(', ')} of ${tampered}` : tampered;

const tagText = (tags: readonly Tag[]): string =>
  tags.length > 0 ? tags.map(({ key, value }) => `${key}=${value}`).join(' ') : 'no tags';

const bornWith = (tags: readonly Tag[] | undefined): string =>
  tags?.length ? `, created with ${tagText(tags)}` : '';

const changeText = ({ set, removed, removedIf = [] }: TagObserved): string => {
  const gone = removed === 'all' ? ['all tags removed'] : removed.map((key) => `${key} removed`);
  const perhaps = removedIf.map(({ key, value }) => `${key} removed if it was ${JSON.stringify(value)}`);
  return [...(set.length > 0 ? [tagText(set)] : []), ...gone, ...perhaps].join(', ');
};

const notesText = ({
  notes = [],
}: {
  notes?: readonly { key: string; note: string }[] | undefined;
}): string => notes.map(({ key, note }) => `; ${key}: ${note}`).join('');
