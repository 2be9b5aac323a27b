import * as v from 'valibot';
import { arnOf, isResourceArn } from '../events/resource-arn.ts';
import { isIdOf } from '../events/resource-type.ts';
import { shown } from '../shared/text.ts';
import { accountId } from './account.ts';
import { isBody } from './body/walk.ts';
import { AN_EVENT, EVENT_MEMBERS, parseEvent } from './eventbridge-event.ts';
import { nothing, type StateChange } from './meaning.ts';

/** The detail-type of EventBridge events that report a new state of an instance. */
export const STATE_CHANGE = 'EC2 Instance State-change Notification';

const text = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));

const EventSchema = v.object(
  {
    ...EVENT_MEMBERS,
    detail: v.object({ 'instance-id': text, state: text }, 'an object with instance-id and state'),
  },
  AN_EVENT,
);

/** Whether an input is EventBridge's notification of an instance's state, valid or malformed. */
export const isStateChange = (input: unknown): boolean =>
  isBody(input) && input['detail-type'] === STATE_CHANGE && input.source === 'aws.ec2';

/**
 * The states from which an instance never comes back. One that is shutting down is about to be terminated, and
 * TerminateInstances, too, counts from the accepted call. Source: EC2 user guide, "Amazon EC2 instance state changes".
 */
const END_STATES: ReadonlySet<string> = new Set(['shutting-down', 'terminated']);

/**
 * What a notification says: that an instance has ended, or nothing. It names nobody who ended it. Throws an
 * `InvalidInputError` for a malformed event.
 * Source: EC2 user guide, "State change events for Amazon EC2 instances".
 */
export const stateChangeOf = (input: unknown): StateChange => {
  const { id, time, account, region, detail } = parseEvent(EventSchema, STATE_CHANGE, input);
  const { 'instance-id': instance, state } = detail;
  if (!END_STATES.has(state))
    return nothing('not-a-change', `the instance is ${shown(state)}, and has not ended`);
  if (!isIdOf(instance, 'instance')) return nothing('no-id', `${shown(instance)} is no id of an instance`);
  const owner = accountId(account);
  if (!owner) return nothing('no-account', 'the event names no account of 12 digits');
  const identity = { region: region ?? '', account: owner, type: 'instance', id: instance };
  if (!isResourceArn(arnOf(identity))) return nothing('no-region', `${shown(identity.region)} is no Region`);
  return {
    kind: 'notice',
    cause: { source: 'eventbridge', id, name: STATE_CHANGE },
    at: time,
    resources: [identity],
  };
};
