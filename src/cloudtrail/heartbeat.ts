import * as v from 'valibot';
import { InvalidInputError } from '../shared/errors.ts';
import { instantOf } from '../shared/time.ts';
import { isBody } from './body/walk.ts';

/** The source and the detail-type of the event that a schedule sends by the way of the records. */
export const HEARTBEAT = { source: 'tagledger.heartbeat', detailType: 'tagledger heartbeat' } as const;

/** A heartbeat: the account and Region that sent it, when (ISO 8601, UTC, milliseconds), and the event's id. */
export interface Heartbeat {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly at: string;
}

/** Whether an input is a heartbeat. */
export const isHeartbeat = (input: unknown): boolean =>
  isBody(input) && input.source === HEARTBEAT.source && input['detail-type'] === HEARTBEAT.detailType;

const HeartbeatSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  account: v.pipe(v.string(), v.regex(/^\d{12}$/)),
  region: v.pipe(v.string(), v.nonEmpty()),
  time: v.string(),
});

/** Reads a heartbeat. Throws an {@link InvalidInputError} for one that EventBridge did not send. */
export const heartbeatOf = (input: unknown): Heartbeat => {
  const parsed = v.safeParse(HeartbeatSchema, input);
  const at = parsed.success ? instantOf(parsed.output.time) : undefined;
  if (parsed.success && at !== undefined) {
    const { id, account, region } = parsed.output;
    return { id, account, region, at };
  }
  throw new InvalidInputError(
    'The heartbeat has no id, account, Region or time as EventBridge sends them. Check what sends it.',
  );
};
