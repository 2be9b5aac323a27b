import { parseArn } from '../../../events/resource-arn.ts';
import { resourceTypeOf } from '../../../events/resource-type.ts';
import { answerOf } from '../../../explain/answer.ts';
import { type Searched, trailSearch } from '../../../explain/search-trail.ts';
import type { Wanted } from '../../../explain/trail-findings.ts';
import type { InterpretationContext } from '../../../intake/interpret.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { lookForResource, resourceNamed } from '../../ledger/find-resource.ts';
import { openReadOnly, openReadOnlyIfThere, type ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayProvenance } from '../../ledger/provenance.ts';
import type { Console } from '../../terminal.ts';
import { openTrails, type Trails, takeEntries } from '../../trail/read-trails.ts';
import { writeFolded } from '../../write-output.ts';
import type { WhyInvocation } from './flags.ts';
import { answerText } from './text.ts';

/**
 * `tagledger why RESOURCE`: why a resource has or lacks its tags. The exit is unknown if nothing is known of
 * the resource.
 */
export const run = async (invocation: WhyInvocation): Promise<Exit> => {
  const { args, values, format, ledger: where, console } = invocation;
  const files = values.trail;
  const resource = resourceNamed(args.RESOURCE);
  const trails = files.length > 0 ? await openTrails(files, console) : undefined;
  // Without a trail, only the ledger is searched.
  const { ledger, context } = trails
    ? await openReadOnlyIfThere(invocation)
    : { ledger: await openReadOnly(invocation), context: undefined };
  const wanted = await wantedIn(ledger, resource).finally(() => ledger?.close());
  const searched = trails && context && (await search(trails, context, wanted, console));

  const answer = answerOf(wanted, { name: where, isThere: ledger !== undefined }, searched);
  const provenance = await provenanceOf(invocation, ledger);
  if (format === 'text') {
    if (ledger) sayProvenance(console, provenance);
    console.stdout(answerText(answer, console.style));
  } else writeFolded(console, format, { ...answer, provenance });
  return exitOf({ unknown: !answer.isKnown });
};

/** What the ledger knows of the named resource. */
const wantedIn = async (ledger: ReadOnlyLedger | undefined, resource: string): Promise<Wanted> => {
  const named = resource.startsWith('arn:') ? parseArn(resource) : undefined;
  const arn = named?.arn ?? (ledger && (await lookForResource(ledger, resource))?.arn);
  const { id, type } = arn ? parseArn(arn) : { id: resource, type: resourceTypeOf(resource) };
  const events = ledger && arn ? await ledger.store.read(arn) : [];
  return { id, ...(arn && { arn }), ...(type && { type }), events };
};

const search = async (
  trails: Trails,
  context: InterpretationContext,
  wanted: Wanted,
  console: Console,
): Promise<Searched> => {
  const found = trailSearch(context, wanted);
  await takeEntries(trails, console, (value, at) => found.add(at, value, new Date()));
  return found.result();
};
