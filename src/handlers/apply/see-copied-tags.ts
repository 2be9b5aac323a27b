import pMap from 'p-map';
import { observeCopiedTags } from '../../commands/observe-copied-tags.ts';
import { type Ledger, transact } from '../../commands/transact.ts';
import { isOpen } from '../../events/request.ts';
import { parseArn } from '../../events/resource-arn.ts';
import type { Tag } from '../../events/tag.ts';
import { groupBy } from '../../shared/collections.ts';
import type { Ec2, RepeatedCall } from '../../tagging/ec2/call.ts';
import type { CallFailure } from '../../tagging/ec2/classify-failure.ts';
import { COPY_QUERIES } from '../../tagging/ec2/copy-queries.ts';
import { type DescribeQuery, describeWith } from '../../tagging/ec2/describe-query.ts';
import type { Due } from './due-requests.ts';
import type { AttemptedRequest, OnFailure } from './record-outcomes.ts';

/** The requests whose tags can be set now, and those whose attempt failed before. */
interface Seen {
  readonly ready: readonly Due[];
  readonly refused: readonly AttemptedRequest[];
}

const APPENDS_AT_ONCE = 16;

/**
 * Asks EC2 for the tags of resources to which tags were copied that nobody has seen, and records them before the
 * requests of the same account and Region are attempted: so a request leaves the keys alone that it may not
 * overwrite. One that then has nothing to set is left out. Other requests are returned as they are. If EC2 does not answer, or
 * does not show the resource yet, the attempt has failed. If this process dies in between, the attempt is made anew
 * and asks again, unless the tags are recorded already.
 */
export const seeCopiedTags = async (
  { ledger, ec2 }: { readonly ledger: Ledger; readonly ec2: Ec2 },
  requests: readonly Due[],
  waiting: RepeatedCall & { readonly isYoung: (due: Due) => boolean },
  onFailure: OnFailure,
): Promise<Seen> => {
  const ready = requests.filter(({ mustAsk }) => !mustAsk);
  const refused: AttemptedRequest[] = [];
  const asked = requests.filter(({ mustAsk }) => mustAsk);
  for (const [type, some] of groupBy(asked, ({ stream }) => parseArn(stream).type)) {
    const query = COPY_QUERIES.get(type);
    // Only types that a query is for are marked. Another one would be of a newer version, which asks.
    if (!query) continue;
    const at = ledger.now().toISOString();
    const called = await describeWith(ec2, query, idsOf(some), waiting);
    const shown = new Map((called.ok ? called.answer : []).map(({ id, tags }) => [id, tags]));
    const after = await pMap(
      some,
      async (due) => {
        const tags = shown.get(parseArn(due.stream).id);
        if (!tags) {
          const failure = called.ok ? notShown(due, query, waiting.isYoung(due)) : called.failure;
          refused.push({ due, outcome: { ok: false, failure } });
          return undefined;
        }
        return observe(ledger, due, { tags, at, by: query.action }).catch((error: unknown) => {
          onFailure(due.position, due.stream, 'the tags of a copy could not be recorded', error);
          return undefined;
        });
      },
      { concurrency: APPENDS_AT_ONCE },
    );
    ready.push(...after.flatMap((due) => due ?? []));
  }
  return { ready, refused };
};

const idsOf = (requests: readonly Due[]): string[] => [
  ...new Set(requests.map(({ stream }) => parseArn(stream).id)),
];

/** Records what EC2 shows. Returns the request with the tags that it may still set, if there are any. */
const observe = async (
  ledger: Ledger,
  due: Due,
  { tags, at, by }: { readonly tags: readonly Tag[]; readonly at: string; readonly by: string },
): Promise<Due | undefined> => {
  const { stream, request, attempt } = due;
  const cause = { source: 'tagledger', id: `${request}/${attempt}`, name: by } as const;
  const decide = observeCopiedTags(stream, { cause, at, tags });
  const { resource, events } = await transact(ledger, stream, decide, due.known);
  const state = resource.requests.find(({ id }) => id === request);
  if (!state || !isOpen(state) || state.attempt !== attempt) return undefined;
  return { ...due, tags: state.pending, known: events };
};

const notShown = ({ stream }: Due, { action }: DescribeQuery, isYoung: boolean): CallFailure => ({
  code: 'NotShown',
  message: `ec2:${action} does not show ${parseArn(stream).id}, whose copied tags must be known before it is tagged`,
  class: isYoung ? 'not-yet-visible' : 'not-found',
});
