/** One way to break the product: in `file`, the text `from` becomes `to`. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** Mistakes that somebody could make; the simulation must notice each of them. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'an append without its condition',
    file: 'src/adapters/dynamodb/event-store.ts',
    from: "            ConditionExpression: 'attribute_not_exists(#stream)',\n",
    to: '',
  },
  {
    name: "somebody else's event at the place is taken for one's own",
    file: 'src/adapters/dynamodb/event-store.ts',
    from: 'if (winner?.event.eventId !== event.event.eventId)',
    to: 'if (!winner)',
  },
  {
    name: 'a stream is read without ConsistentRead',
    file: 'src/adapters/dynamodb/event-store.ts',
    from: "            ExpressionAttributeValues: { ':stream': { S: stream } },\n            ConsistentRead: true,",
    to: "            ExpressionAttributeValues: { ':stream': { S: stream } },",
  },
  {
    name: 'recordedAt is what the clock says',
    file: 'src/events/recorded-event.ts',
    from: 'head ? Date.parse(head.recordedAt) + 1 : 0',
    to: '0',
  },
  {
    name: 'apply does not ask whether a request is still open',
    file: 'src/handlers/apply/due-requests.ts',
    from: 'if (!isFollowed(recorded))',
    to: 'if (isFollowed)',
  },
  {
    name: 'the wrong sequence number is reported',
    file: 'src/handlers/runtime/lambda-feed.ts',
    from: 'records[first]?.dynamodb?.SequenceNumber',
    to: '(records[first + 1] ?? records[first])?.dynamodb?.SequenceNumber',
  },
  {
    name: 'a permanent error is tried again',
    file: 'src/tagging/ec2/classify-failure.ts',
    from: "failure.class === 'throttled' ||",
    to: "failure.class === 'denied' || failure.class === 'throttled' ||",
  },
  {
    name: 'NotFound on a new resource is believed',
    file: 'src/handlers/apply/attempt-requests.ts',
    from: '(askedAt.get(id) ?? 0) < policy.newForMs',
    to: '(askedAt.get(id) ?? 0) < 0',
  },
  {
    name: 'a good resource fails with its bad neighbour',
    file: 'src/tagging/ec2/create-tags.ts',
    from: 'if (group.length === 1 || passesWithTime(called.failure))',
    to: 'if (group.length >= 1 || passesWithTime(called.failure))',
  },
  {
    name: 'a cause that was handled is handled again',
    file: 'src/commands/request-tags.ts',
    from: 'if (resource.seen.includes(eventId)) return giveBack(stream, resource, eventId, ask.at);',
    to: '',
  },
  {
    name: 'an outcome does not name its attempt',
    file: 'src/commands/record-outcome.ts',
    from: '(stream: ResourceArn, { request, attempt }: Attempt)',
    to: '(stream: ResourceArn, { request }: Attempt, attempt = 0)',
  },
  {
    name: "a person's tag does not make a waiting request let go",
    file: 'src/events/resource.ts',
    from: 'theirs.has(key) && !overwrite.includes(key)',
    to: 'theirs.has(key) && overwrite.length > 99',
  },
  {
    name: 'the record that arrives last wins, not the fact that is newest',
    file: 'src/events/resource.ts',
    from: 'if (!old || old.at < at || (old.at === at && old.seq <= seq))',
    to: "if (!old || at !== '')",
  },
  {
    name: "tagledger's own calls are somebody else's",
    file: 'src/intake/own-calls.ts',
    from: "account === '*' || account === by",
    to: "account === '*' || account !== by",
  },
  {
    name: 'project does not notice a gap',
    file: 'src/handlers/project/project.ts',
    from: 'if (recorded.seq > resource.lastSeq + 1)',
    to: 'if (recorded.seq < resource.lastSeq)',
  },
  {
    name: 'an older row replaces a newer one',
    file: 'src/adapters/dynamodb/state-store.ts',
    from: "'attribute_not_exists(#resource) OR lastSeq < :lastSeq'",
    to: 'undefined as never',
  },
  {
    name: 'attempts that were lost are not looked for',
    file: 'src/handlers/reconcile/reconcile.ts',
    from: "      ...(await states.due('open', lostSince.toISOString(), limit)),\n",
    to: '',
  },
  {
    name: 'attempts that are due are not looked for',
    file: 'src/handlers/reconcile/reconcile.ts',
    from: "      ...(await states.due('retrying', now.toISOString(), limit)),\n",
    to: '',
  },
  {
    name: 'a failure that passes with time is final',
    file: 'src/tagging/retry-policy.ts',
    from: 'if (!passesWithTime(failure) || attempt >= attempts)',
    to: 'if (!passesWithTime(failure) || attempt >= 1)',
  },
  {
    name: 'a storm is not muted',
    file: 'src/alerts/suppression-window.ts',
    from: '      return isBefore(now, state.until)\n        ? mute(state, notice)',
    to: '      return state.until === "never"\n        ? mute(state, notice)',
  },
  {
    name: 'what was taken from people is not given back',
    file: 'src/commands/give-back.ts',
    from: '  return [event, ...giveBack(stream, after, event.eventId, effectiveAt)];',
    to: '  return after ? [event] : [];',
  },
  {
    name: 'a reader takes a later format for one that it knows',
    file: 'src/events/tag-event.ts',
    from: 'EVENT_FORMATS = [1, 2] as const',
    to: 'EVENT_FORMATS = [1, 2, 3] as const',
  },
  {
    name: 'a checkpoint is published before the head is moved',
    file: 'src/sealing/sealer.ts',
    from: '    at = await moveHead(',
    to: '    await publish(places, next);\n    at = await moveHead(',
  },
  {
    name: 'whoever loses the head of the log goes on',
    file: 'src/sealing/log/log-head.ts',
    from: 'if (!(await coordination.swap({ key: KEY, value: head }, seen))) throw new OtherSealerError();',
    to: 'if (await coordination.swap({ key: KEY, value: head }, seen)) OtherSealerError;',
  },
  {
    name: 'what an earlier run of the sealer left is not finished',
    file: 'src/sealing/sealer.ts',
    from: '  await finish(places, head, await log.checkpoint(), key);\n',
    to: '',
  },
  {
    name: 'it is not noted how far streams are sealed',
    file: 'src/sealing/log/publish.ts',
    from: '  if (staged) await noteSealed(coordination, head.origin, placed(staged));\n',
    to: '',
  },
  {
    name: 'hints are taken before their events are sealed',
    file: 'src/sealing/run-sealer.ts',
    from: '    sealed += await sealAll(sealer, sealables);\n',
    to: '    await takeHints(memos, hints, now());\n    sealed += await sealAll(sealer, sealables);\n',
  },
  {
    name: 'a comparison seals nothing that no hint told of',
    file: 'src/sealing/run-sealer.ts',
    from: 'sealed += await sealAll(sealer, part.sealables);',
    to: '',
  },
];
