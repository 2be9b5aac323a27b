import { createHmac } from 'node:crypto';
import { framed } from '../../events/framing.ts';
import type { Who } from '../../events/tag-event.ts';
import { confidenceOf } from './confidence.ts';

/** Gives somebody as the ledger shall know them. */
export type Pseudonymizer = (who: Who) => Who;

/** Begins every pseudonym. No name of IAM, of a session or a source identity may hold a colon, so none begins so. */
const MARK = 'hashed:';
/** A direct call may name anybody: what only begins like a pseudonym is none. */
const PSEUDONYM = /^hashed:[\w-]{22}$/;

/**
 * Pseudonyms in the place of names, of the users and sessions in ARNs, and of addresses: 128 bits of an HMAC-SHA-256. One
 * text has one pseudonym for as long as the key is the same, and without the key nobody can tell which, or try names.
 * Roles, accounts, services and the root user keep theirs, and how far a name goes (`confidenceOf`) stays as it is.
 * What is a pseudonym already stays one.
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

/** A user's path goes as well: it may say whose user it is. */
const PERSON_IN_ARN =
  /^(arn:[^:]*:(?:iam|sts)::\d*:(?:user|federated-user|assumed-role\/[^/]+)\/)(?:.*\/)?([^/]+)$/;
