import { tamperStreamOf } from '../../../events/ledger-stream.ts';
import type { RecordedEvent } from '../../../events/recorded-event.ts';
import { isResourceArn, parseArn, type ResourceArn } from '../../../events/resource-arn.ts';
import type { Tag } from '../../../events/tag.ts';
import type { TagEvent, TamperDetected, Who } from '../../../events/tag-event.ts';
import type { Command } from '../../command.ts';
import { findResource, oneResource, unknownResource } from '../../ledger/find-resource.ts';
import { incidentsWith } from '../../ledger/incidents.ts';
import { openToAnswer } from '../../ledger/open-ledger.ts';
import { writeList } from '../../terminal.ts';
import { table } from '../../views/table.ts';

/** `tagledger history RESOURCE`: everything that was recorded of a resource, oldest first, and then of tampering with that. */
export const history: Command = {
  usage: 'history RESOURCE',
  summary: 'everything that was recorded of a resource, by id or ARN: who, why, when, with hashes',
  options: {},
  exits: ['done', 'failed', 'usage', 'unknown'],
  async run({ positionals, format, ledger: where, env, console }) {
    const resource = oneResource(positionals, 'history');
    const ledger = await openToAnswer({ ledger: where, env, console });
    try {
      const arn = isResourceArn(resource) ? resource : (await findResource(ledger.states, resource)).arn;
      const incidents = await incidentsWith(ledger.store, arn);
      // Said before the events are read, which may be what cannot be.
      if (incidents.length > 0) console.stderr(tamperedText(tamperStreamOf(arn)));
      const events = await ledger.store.read(arn);
      if (events.length === 0 && incidents.length === 0) throw unknownResource(resource);
      if (format !== 'text') writeList(console, format, [...events, ...incidents].map(eventView));
      else console.stdout([events, incidents].map(historyText).filter(Boolean).join('\n\n'));
      return 'done';
    } finally {
      await ledger.close();
    }
  },
};

const tamperedText = (tampering: ResourceArn): string =>
  `its recorded events were tampered with: \`tagledger history ${tampering}\` tells what is known, docs/restore.md what to do`;

/** An event with its place, as programs read it. */
export const eventView = ({ stream, seq, recordedAt, schemaVersion, prev, hash, event }: RecordedEvent) => ({
  resource: stream,
  seq,
  recordedAt,
  schemaVersion,
  ...event,
  prev,
  hash,
});

/** A resource's events as a person reads them. */
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
    what(event),
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
        ? `made by ${whoText(event.who)} with ${event.cause.name ?? 'an unnamed call'} ${event.cause.id}${bornWith(event.set)}${notesText(event)}`
        : `${changeText(event.set, event.removed)} by ${whoText(event.who)} with ${event.cause.name ?? 'a sweep'} ${event.cause.id}`;
    case 'ResourceRetired':
      return `ended by ${whoText(event.who)} with ${event.cause.name ?? 'an unnamed call'} ${event.cause.id}`;
    case 'GapFound':
      return `${event.reason}, by ${whoText(event.who)}, event ${event.cause.id}`;
    case 'PolicyRecorded':
      return `policy ${event.policy} from ${event.files.map(({ name }) => name).join(', ')}, by ${whoText(event.who)}`;
    case 'TamperDetected':
      return `${event.what}: ${placesText(event)}: expected ${event.expected}, found ${event.found}, by ${event.how}`;
  }
};

const placesText = ({ tampered = 'the ledger', seqs }: TamperDetected): string =>
  seqs.length > 0 ? `${seqs.join(', ')} of ${tampered}` : tampered;

/** Who acted, by the name to show. */
export const whoText = (who: Pick<Who, 'name' | 'via'> | undefined): string =>
  who ? `${who.name}${who.via ? ` through ${who.via}` : ''}` : 'an unknown principal';

const tagText = (tags: readonly Tag[]): string =>
  tags.length > 0 ? tags.map(({ key, value }) => `${key}=${value}`).join(' ') : 'no tags';

const bornWith = (tags: readonly Tag[] | undefined): string =>
  tags?.length ? `, born with ${tagText(tags)}` : '';

const changeText = (set: readonly Tag[], removed: readonly string[] | 'all'): string => {
  const gone = removed === 'all' ? ['all tags removed'] : removed.map((key) => `${key} removed`);
  return [...(set.length > 0 ? [tagText(set)] : []), ...gone].join(', ');
};

const notesText = ({
  notes = [],
}: {
  notes?: readonly { key: string; note: string }[] | undefined;
}): string => notes.map(({ key, note }) => `; ${key}: ${note}`).join('');
