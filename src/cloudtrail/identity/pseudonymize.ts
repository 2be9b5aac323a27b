import { createHmac } from 'node:crypto';
import { framed } from '../../events/framing.ts';
import type { Who } from '../../events/tag-event.ts';
import { confidenceOf } from './confidence.ts';

/** Returns an identity as the ledger is to record it. */
export type Pseudonymizer = (who: Who) => Who;

/** Gets the pseudonymizer with its key, on first use. A failure rejects, and the next call tries again. */
export type OpenPseudonymizer = () => Promise<Pseudonymizer>;

/** Begins every pseudonym. Names of IAM, of sessions and of source identities cannot contain a colon. */
const MARK = 'hashed:';
/** A direct call may name anybody, so the prefix alone does not make a pseudonym. */
const PSEUDONYM = /^hashed:[\w-]{22}$/;

/**
 * Replaces names, the users and sessions in ARNs, and IP addresses with pseudonyms: 128 bits of an
 * HMAC-SHA-256. The same text has the same pseudonym as long as the key is the same; without the key nobody
 * can recover it or test guesses. Roles, accounts, services and the root user are kept, `confidenceOf` stays
 * the same, and so do existing pseudonyms.
 */
export const pseudonyms = (key: Uint8Array): Pseudonymizer => {
  const hide = (text: string): string =>
    PSEUDONYM.test(text)
      ? text
      : MARK +
        createHmac('sha256', key)
          .update(framed(['tagledger/identity/v1', text]))
          .digest()
          .subarray(0, BYTES)
          .toString('base64url');
  const hideIn = (arn: string): string =>
    arn.replace(PERSON_IN_ARN, (_, before: string, person: string) => before + hide(person));
  return (who) => {
    const { name, arn, via, ip } = who;
    const isNoPerson = name === 'unknown' || who.kind === 'Root' || confidenceOf(who) === 'service';
    return {
      ...who,
      ...(!isNoPerson && { name: hide(name), ...(arn && { arn: hideIn(arn) }) }),
      ...(via && { via: hideIn(via) }),
      ...(ip && { ip: hide(ip) }),
    };
  };
};

const BYTES = 16;

/** A user's path is removed as well, because it may say whose user it is. */
const PERSON_IN_ARN =
  /^(arn:[^:]*:(?:iam|sts)::\d*:(?:user|federated-user|assumed-role\/[^/]+)\/)(?:.*\/)?([^/]+)$/;
