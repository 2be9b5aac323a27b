import { horizonNow } from '../../../projections/moment.ts';
import { timelineOf } from '../../../projections/timeline.ts';
import { WrongUsageError } from '../../errors.ts';
import type { Exit } from '../../exit-codes.ts';
import { findStream, resourceNamed, unknownResource } from '../../ledger/find-resource.ts';
import { openReadOnly } from '../../ledger/open-read-only.ts';
import { provenanceOf, sayAnswered } from '../../ledger/provenance.ts';
import { askedMoment } from '../../moment-options.ts';
import { timelineText } from '../../views/timeline-text.ts';
import { writeFolded } from '../../write-output.ts';
import type { TimelineInvocation } from './flags.ts';

const [LEAST_WIDTH, MOST_WIDTH] = [40, 1000];

/** `tagledger timeline RESOURCE`: draws which tags a resource had and when. */
export const run = async (invocation: TimelineInvocation): Promise<Exit> => {
  const { args, values, format, console } = invocation;
  const resource = resourceNamed(args.RESOURCE);
  const width = widthOf(values.width);
  const { knownAt } = askedMoment(values, new Date());
  const ledger = await openReadOnly(invocation);
  try {
    const { events } = await findStream(ledger, resource);
    if (events.length === 0) throw unknownResource(resource);
    const found = timelineOf(events, knownAt);
    if (!found) throw unknownResource(`${resource} at ${knownAt}`);
    const horizon = horizonNow(await ledger.horizon(knownAt), knownAt);
    const provenance = await provenanceOf(invocation, ledger, { '--known-at': knownAt });
    if (format === 'text') {
      sayAnswered(console, horizon, provenance);
      console.stdout(timelineText(found, console.style, width));
    } else writeFolded(console, format, { ...found, horizon, provenance });
    return 'done';
  } finally {
    await ledger.close();
  }
};

const widthOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const width = Number(text);
  if (Number.isInteger(width) && width >= LEAST_WIDTH && width <= MOST_WIDTH) return width;
  throw new WrongUsageError(
    `The value ${JSON.stringify(text)} of --width is not a whole number from ${LEAST_WIDTH} to ${MOST_WIDTH}. Correct it, or leave --width out.`,
  );
};
