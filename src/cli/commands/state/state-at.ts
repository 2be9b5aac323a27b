import { UNSEEN_TAGS } from '../../../explain/actor-text.ts';
import { momentBy, type ReadMoment } from '../../../projections/moment.ts';
import { type ResourceAtView, resourceAtView, type Standing } from '../../../projections/resource-at-view.ts';
import type { UncertaintyView } from '../../../projections/state-row.ts';
import { findStream, unknownResource } from '../../ledger/find-resource.ts';
import type { ReadOnlyLedger } from '../../ledger/open-read-only.ts';
import type { TextStyle } from '../../text-style.ts';
import { createdRows, creatorText } from '../../views/creator.ts';
import { horizonRows } from '../../views/horizon-text.ts';
import { SIMULATED_ROW } from '../../views/simulated-row.ts';
import { FACTS, table } from '../../views/table.ts';

/**
 * The state of a resource, by id or ARN, at a moment. Rejects as `findResource` does, and also if the
 * resource has no events.
 */
export const stateAt = async (
  ledger: ReadOnlyLedger,
  resource: string,
  asked: ReadMoment,
): Promise<ResourceAtView> => {
  const { arn, events } = await findStream(ledger, resource);
  if (events.length === 0) throw unknownResource(resource);
  const horizon = await ledger.horizon(asked.knownAt);
  return resourceAtView(arn, events, momentBy(asked, horizon), horizon);
};

const WORDS: Readonly<Record<Standing, string>> = {
  exists: 'existed',
  retired: 'had ended; its last tags',
  unborn: 'was not created yet',
  unknown: 'unknown: its creation was not recorded, so it may have had more tags than are known',
  unheard: 'unknown: the time is after the newest data of the ledger; its last known tags',
  gap: 'unknown: it stands for the resources of a call that names none',
};

/** Why it is not known whether a resource exists. */
export const uncertainText = ({ at, reason }: UncertaintyView): string =>
  `unknown: it may have ended at ${at}: ${reason}`;

const isUnknown = ({ standing }: ResourceAtView): boolean => standing === 'unknown' || standing === 'unheard';

/** The view as text. */
export const stateAtText = (view: ResourceAtView, style: TextStyle): string =>
  table(
    [
      ['resource', view.arn],
      ['as of', view.asOf],
      ['known at', view.knownAt],
      ...horizonRows(view.horizon),
      ['status', view.uncertain ? uncertainText(view.uncertain) : WORDS[view.standing]],
      ...(view.simulated ? [SIMULATED_ROW] : []),
      ['created by', creatorText(view.createdBy)],
      ...createdRows(view),
      ...(view.retiredAt ? [['ended at', view.retiredAt]] : []),
      ...(view.unseenTags ? [['unseen', UNSEEN_TAGS]] : []),
      ['tags', view.tags.length > 0 ? '' : isUnknown(view) || view.unseenTags ? 'unknown' : 'none'],
      ...view.tags.map(({ key, value }) => [`  ${key}`, value]),
    ],
    style,
    FACTS,
  );
