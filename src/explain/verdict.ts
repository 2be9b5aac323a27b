import type { Milestone } from '../events/life.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { fold } from '../events/resource.ts';
import { groupBy } from '../shared/collections.ts';
import { passesWithTime } from '../tagging/ec2/classify-failure.ts';
import { callText, whoText } from './actor-text.ts';
import { outcomeOf } from './outcome.ts';
import type { AttemptError } from './requests.ts';
import { isShownOnly, type TagFate, type TagWhy } from './tags.ts';

/** The ledger's verdict in one sentence, without the full stop. `tags` must come from the stream `events`. */
export const verdictOf = (id: string, events: readonly RecordedEvent[], tags: readonly TagWhy[]): string => {
  const asked = tags.filter(({ isAsked }) => isAsked);
  const clauses = (verbs: Verbs) =>
    (asked.length > 0
      ? clausesOf(asked, verbs)
      : [`${verbs.has} no request for tags: ${whyNone(events)}`]
    ).join('; it ');
  const { retired, uncertain } = fold(events);
  if (uncertain)
    return `${id} may have ended at ${uncertain.at}: ${uncertain.reason}; until then it ${clauses({ has: 'had', lacks: 'lacked' })}`;
  if (!retired) return `${id} ${clauses({ has: 'has', lacks: 'lacks' })}`;
  return `${id} has ended: ${endText(events, retired)}; until then it ${clauses({ has: 'had', lacks: 'lacked' })}`;
};

/** Who ended a resource; a call that found it ended already does not tell that. */
const endText = (events: readonly RecordedEvent[], { at, who }: Milestone): string => {
  const end = events
    .map(({ event }) => event)
    .find((event) => event.type === 'ResourceRetired' && event.effectiveAt === at && who !== undefined);
  if (end?.type !== 'ResourceRetired') return `it had ended by ${at}, and no record says who ended it`;
  return `${whoText(end.who)} ended it with ${callText(end.cause)} at ${at}`;
};

interface Verbs {
  readonly has: string;
  readonly lacks: string;
}

const WORST_FIRST: readonly TagFate[] = [
  'failed',
  'retrying',
  'open',
  'too-late',
  'untold',
  'removed',
  'missing-field',
  'replaced',
  'kept',
];

/** Builds the clauses of the verdict. Keys with the same fate for the same reason share a clause. */
const clausesOf = (asked: readonly TagWhy[], verbs: Verbs): string[] => {
  const amiss = WORST_FIRST.flatMap((fate) => asked.filter((tag) => tag.fate === fate));
  if (amiss.length === 0) return [`${verbs.has} all the tags that were asked for`];
  const groups = groupBy(amiss, (tag) => JSON.stringify(clauseOf(tag, verbs)));
  const clauses = [...groups.values()].map((same) => {
    const [first] = same as [TagWhy];
    const [before, after] = clauseOf(first, verbs);
    const isAllRefused = same.length === asked.length && first.fate === 'failed';
    return isAllRefused
      ? `was not tagged${after}`
      : `${before} ${same.map(({ key }) => key).join(', ')}${after}`;
  });
  return amiss.length < asked.length ? [...clauses, `${verbs.has} all else that was asked for`] : clauses;
};

/** The text of a clause before and after its keys. */
const clauseOf = (tag: TagWhy, { has, lacks }: Verbs): readonly [before: string, after: string] => {
  const by = isShownOnly(tag)
    ? `by nobody who is known: a baseline showed it at ${tag.at}`
    : `by ${whoText(tag.who ?? undefined)} with ${callText(tag.cause)} at ${tag.at}`;
  switch (tag.fate) {
    case 'failed':
      return [lacks, `: ${refusal(tag.error)}, and no further attempt will be made`];
    case 'retrying':
      return [lacks, ` so far: ${refusal(tag.error)}, and another attempt is due at ${tag.error.retryAt}`];
    case 'open':
      return [lacks, ` so far: asked for at ${tag.at}, and no attempt has come to an end`];
    case 'too-late':
      return ['never got', ''];
    case 'untold':
      return [lacks, ', and no event says why'];
    case 'removed':
      return [lacks, `, removed ${by}`];
    case 'missing-field':
      return [lacks, `: ${callText(tag.cause)} does not contain the field that the rule needs`];
    case 'replaced':
      return [has, ` with another value than was asked for, set ${by}`];
    case 'kept':
      return [has, ` as set ${by}, and the rules keep it`];
    case 'set':
    case 'others':
      return [has, ''];
  }
};

const refusal = ({ code, class: failureClass }: AttemptError): string =>
  `${passesWithTime({ class: failureClass }) ? 'the attempt failed' : 'EC2 refused'} with ${code} (${failureClass})`;

/** Why no tag was ever requested for a known resource. */
const whyNone = (events: readonly RecordedEvent[]): string => {
  const birth = events
    .map(({ event }) => event)
    .find((event) => event.type === 'TagObserved' && event.how === 'birth');
  if (birth?.type !== 'TagObserved') {
    const { found } = fold(events);
    return `its creation was not recorded${found ? `, and a baseline showed it first at ${found}` : ''}`;
  }
  if (birth.observing) return 'its creation was only observed';
  // The event of a creation for which no rule asks for tags is the same as that of one that had them from the start.
  return `${outcomeOf(birth).reason}${birth.notes ? '' : ', or no rule was for its type'}`;
};
