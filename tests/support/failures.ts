import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { RecordedFailure, RecordedGap } from '../../src/alerts/incident.ts';
import type { Notice } from '../../src/alerts/notices/notice.ts';
import { record } from '../../src/events/recorded-event.ts';
import { arnOf, type ResourceArn, type ResourceIdentity } from '../../src/events/resource-arn.ts';
import { eventIdOf, GAP_TYPE, type GapFound, type TagFailed } from '../../src/events/tag-event.ts';
import { gapFound } from './events.ts';

/** The moment at which everything fails. */
export const AT = '2026-03-31T12:00:00.000Z';

/** The stream of an instance of account 111122223333 in eu-west-1, unless told otherwise. */
export const streamOf = (id: string, elsewhere: Partial<ResourceIdentity> = {}): ResourceArn =>
  arnOf({ account: '111122223333', region: 'eu-west-1', type: 'instance', id, ...elsewhere });

/** A recorded failure of one resource: denied for good, unless told otherwise. */
export const failureOf = (stream: ResourceArn, more: Partial<TagFailed> = {}): RecordedFailure => {
  const event: TagFailed = {
    type: 'TagFailed',
    eventId: eventIdOf('outcome', stream, `request-1/${more.attempt ?? 1}`),
    effectiveAt: AT,
    request: 'request-1',
    attempt: 1,
    code: 'UnauthorizedOperation',
    message: 'You are not authorized to perform this operation.',
    class: 'denied',
    ...more,
  };
  return { ...record(stream, event, undefined, new Date(AT)), event };
};

/** A recorded call of Ada's, whose resources are not known. */
export const gapOf = (id: string, more: Partial<GapFound> = {}): RecordedGap => {
  const event: GapFound = { ...gapFound(`gap ${id}`), ...more };
  return { ...record(streamOf(id, { type: GAP_TYPE }), event, undefined, new Date(AT)), event };
};

/** A notice of one failure, with a quiet period of 15 minutes. */
export const noticeOf = (id: string, more: Partial<Notice> = {}): Notice => ({
  key: 'quiet/final/denied/111122223333/eu-west-1',
  id,
  noun: 'failure',
  where: 'to tag (denied) in 111122223333 eu-west-1',
  count: 1,
  samples: [streamOf(id)],
  quietMs: 15 * 60_000,
  alert: { subject: `alert of ${id}`, message: `${id} failed` },
  ...more,
});

/** A rejection by DynamoDB that is not about a condition. */
export const refused = (message: string, name = 'ValidationException'): DynamoDBServiceException =>
  new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: {} });
