import * as v from 'valibot';
import { arnOf, isResourceArn } from '../events/resource-arn.ts';
import { isIdOf } from '../events/resource-type.ts';
import { InvalidInputError } from '../shared/errors.ts';
import { shown } from '../shared/text.ts';
import { instantOf } from '../shared/time.ts';
import { accountId } from './account.ts';
import { isBody } from './body/walk.ts';
import type { SkipCode, StateChange } from './meaning.ts';
import { memberProblem } from './member-problem.ts';

/** The detail-type of EventBridge events that report a new state of an instance. */
export const STATE_CHANGE = 'EC2 Instance State-change Notification';

const text = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));

const EventSchema = v.object(
  {
    id: v.pipe(
      text,
      v.check((value) => value.isWellFormed(), 'a well-formed text'),
    ),
    time: v.pipe(
      text,
      v.check((value) => instantOf(value) !== undefined, 'a real moment like 2026-03-31T23:59:00Z'),
      v.transform((value) => instantOf(value) ?? value),
    ),
    account: v.nullish(v.union([v.string(), v.number()], 'an account id')),
    region: v.nullish(v.string('a Region')),
    detail: v.object({ 'instance-id': text, state: text }, 'an object with instance-id and state'),
  },
  'an event of EventBridge',
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
 * {@link InvalidInputError} for a malformed event.
 * Source: EC2 user guide, "State change events for Amazon EC2 instances".
 */
export const stateChangeOf = (input: unknown): StateChange => {
  const { id, time, account, region, detail } = parsed(input);
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

const parsed = (input: unknown): v.InferOutput<typeof EventSchema> => {
  const result = v.safeParse(EventSchema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new InvalidInputError(
    `This event ${JSON.stringify(STATE_CHANGE)} cannot be used: ${memberProblem(issue)}. Give it as EventBridge delivers it.`,
  );
};

const nothing = (code: SkipCode, reason: string) => ({ kind: 'nothing', code, reason }) as const;
