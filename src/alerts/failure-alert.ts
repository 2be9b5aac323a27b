import { groupBy } from '../events/group-by.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { parseArn, type ResourceArn } from '../events/resource-arn.ts';
import type { FailureClass, TagFailed } from '../events/tag-event.ts';

/** A recorded failure. */
export type RecordedFailure = RecordedEvent & { readonly event: TagFailed };

/** Failures that are one incident: the same error in the same account and Region, with the same prospect. */
export interface Incident {
  readonly code: string;
  readonly class: FailureClass;
  readonly account: string;
  readonly region: string;
  /** The earliest next attempt; absent when the failures are final. */
  readonly retryAt?: string;
  /** EC2's words for the first of them. */
  readonly message: string;
  readonly resources: readonly ResourceArn[];
}

/** An alert as SNS sends it. */
export interface Alert {
  readonly subject: string;
  readonly message: string;
}

/** How many resources an alert names; the commands in it show the others. */
const SAMPLES = 10;

/** SNS takes fewer than 100 printable ASCII characters in a subject (SNS API reference, Publish). */
const SUBJECT_LENGTH = 99;

/** What a person can do about a failure of each class. */
export const ADVICE: Readonly<Record<FailureClass, string>> = {
  throttled:
    'The account makes more CreateTags calls than EC2 allows (100, then 10 a second). Look for another tagging tool in this Region, or ask AWS for a higher limit.',
  unavailable:
    'EC2 did not answer properly. Nothing to do unless it goes on: then look at the AWS Health dashboard.',
  'not-yet-visible': 'EC2 does not show the resource yet. Nothing to do unless it goes on.',
  'not-found':
    'EC2 does not know the resource: it was deleted before it could be tagged, or it never came to be.',
  denied:
    'The tagging role may not tag this resource. Look for a missing ec2:CreateTags, a service control policy, a tag policy, or a condition on tags in the role of tagledger.',
  invalid:
    'EC2 refuses these tags: too many on the resource, or a key or value that it does not take. Correct TAG_RULES, or remove tags from the resource.',
  unknown:
    'tagledger does not know this error. Look at the message, and at the history of one of the resources.',
};

/** Groups failures into incidents, in the order in which they came. */
export const incidentsOf = (failures: readonly RecordedFailure[]): Incident[] => {
  const groups = groupBy(failures, ({ stream, event }) => {
    const { account, region } = parseArn(stream);
    return JSON.stringify([event.code, account, region, event.retryAt !== undefined]);
  });
  return [...groups.values()].map((group) => {
    const [{ stream, event }] = group as [RecordedFailure];
    const { account, region } = parseArn(stream);
    const [retryAt] = group.flatMap((failure) => failure.event.retryAt ?? []).sort();
    return {
      code: event.code,
      class: event.class,
      account,
      region,
      message: event.message,
      ...(retryAt && { retryAt }),
      resources: [...new Set(group.map((failure) => failure.stream))],
    };
  });
};

/** What a person reads of an incident: how many, why, what to do, and where to look further. */
export const alertOf = (incident: Incident): Alert => {
  const { code, class: failureClass, account, region, retryAt, message, resources } = incident;
  const many = resources.length === 1 ? '1 resource' : `${resources.length} resources`;
  const samples = resources.slice(0, SAMPLES);
  const [first] = samples;
  return {
    subject: printable(`tagledger: ${many} not tagged: ${code} in ${account} ${region}`).slice(
      0,
      SUBJECT_LENGTH,
    ),
    message: [
      `${many} in account ${account}, Region ${region}, could not be tagged.`,
      '',
      `Error:      ${oneLine(code)} (${failureClass})`,
      `EC2 says:   ${oneLine(message)}`,
      `What next:  ${nextText(retryAt)}`,
      `What to do: ${ADVICE[failureClass]}`,
      '',
      `Resources (${samples.length} of ${resources.length}):`,
      ...samples.map((arn) => `  ${arn}`),
      '',
      'Look further:',
      `  tagledger history ${first}`,
      `  tagledger list --status ${retryAt ? 'retrying' : 'failed'}`,
    ].join('\n'),
  };
};

/** Whether there will be another attempt, and when. */
export const nextText = (retryAt: string | null | undefined): string =>
  retryAt ? `another attempt is due at ${retryAt}` : 'no further attempt will be made';

/** Control and invisible characters, and the separators of lines and paragraphs, become a space. */
const oneLine = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
