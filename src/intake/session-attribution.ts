import pMap from 'p-map';
import * as v from 'valibot';
import { confidenceOf } from '../cloudtrail/identity/confidence.ts';
import { principalOf } from '../cloudtrail/identity/principal.ts';
import type { Pseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import { assumedBy, isNameless, issuedKeyOf, sessionKeyOf } from '../cloudtrail/identity/session-key.ts';
import { isServiceOf } from '../cloudtrail/operations/operations.ts';
import type { CloudTrailRecord } from '../cloudtrail/record.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { idFrom } from '../events/hash-chain.ts';
import { type Who, WhoSchema } from '../events/tag-event.ts';

/** What is known about the role sessions in a set of records. */
export interface KnownSessions {
  /**
   * The person who assumed the role that acted in a record; undefined when only the record's principal is
   * known.
   */
  readonly personOf: (record: CloudTrailRecord) => Who | undefined;
  /** Whether a record shows which person assumed a role, and was remembered for the calls of that session. */
  readonly isRemembered: (record: CloudTrailRecord) => boolean;
}

/** A role session lasts at most 12 hours (STS API reference), and its records can arrive a day late. */
const SESSION_MS = 12 * 3_600_000;
const LATE_MS = 24 * 3_600_000;
const WRITES_AT_ONCE = 16;

/**
 * Remembers which persons assumed roles in these records, and finds the person behind each session that acted
 * in them. The role may have been assumed in an earlier input or through another known session. The order of
 * the records does not matter. A memo holds the person, after `pseudonymize`, under a digest of the access
 * key id. The key id itself and the rest of the credentials are never stored. Rejects when the coordination
 * store does; storing a memo again is safe.
 */
export const rememberSessions = async (
  coordination: CoordinationStore,
  records: readonly CloudTrailRecord[],
  now: Date,
  pseudonymize: Pseudonymizer = (who) => who,
): Promise<KnownSessions> => {
  const issued = new Map<string, CloudTrailRecord>();
  const keys = new Set<string>();
  for (const record of records) {
    const [session, own] = [issuedKeyOf(record), sessionKeyOf(record)];
    if (session) issued.set(memoKey(session), record);
    if (session) keys.add(memoKey(session));
    if (own && (session || mayBeRecorded(record))) keys.add(memoKey(own));
  }
  const kept = new Map<string, Who>();
  for (const { key, value, expiresAt } of keys.size > 0 ? await coordination.get([...keys]) : []) {
    if (!expiresAt || expiresAt > now) kept.set(key, v.parse(WhoSchema, value));
  }

  /**
   * Follows a chain of roles back to the person who started it. At a cycle, only a stored memo can name the
   * person.
   */
  const personBehind = (key: string, seen: readonly string[] = []): Who | undefined => {
    const assumption = issued.get(key);
    if (!assumption || seen.includes(key)) return kept.get(key);
    const assumer = principalOf(assumption);
    if (confidenceOf(assumer) === 'person') return assumer;
    const own = isNameless(assumer) ? sessionKeyOf(assumption) : undefined;
    return (own ? personBehind(memoKey(own), [...seen, key]) : undefined) ?? kept.get(key);
  };

  const remembered = new Set<string>();
  await pMap(
    issued,
    async ([key, { eventTime }]) => {
      const person = personBehind(key);
      if (!person) return;
      remembered.add(key);
      if (kept.has(key)) return;
      const { name, arn, kind } = pseudonymize(person);
      const value = { name, ...(arn && { arn }), kind };
      const ends = Math.max(Date.parse(eventTime ?? now.toISOString()) + SESSION_MS, now.getTime());
      await coordination.swap({ key, value, expiresAt: new Date(ends + LATE_MS) }, undefined);
    },
    { concurrency: WRITES_AT_ONCE },
  );

  return {
    personOf: (record) => {
      const own = sessionKeyOf(record);
      const session = principalOf(record);
      const person = own && isNameless(session) ? personBehind(memoKey(own)) : undefined;
      return person && assumedBy(person, session);
    },
    isRemembered: (record) => {
      const session = issuedKeyOf(record);
      return session !== undefined && remembered.has(memoKey(session));
    },
  };
};

/** Whether it matters who is behind the session of a record: only what EC2's resources concern is recorded. */
const mayBeRecorded = ({ eventSource, eventName }: CloudTrailRecord): boolean =>
  isServiceOf(eventSource, eventName);

/** Access key ids are never stored: a digest is enough to find the memo again. */
const memoKey = (accessKeyId: string): string => `session/${idFrom('tagledger/session/v1', accessKeyId)}`;
