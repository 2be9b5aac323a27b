import type { HorizonView } from '../../projections/horizon.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';

/** Until when the ledger has heard of AWS, and how that is known. */
const heardText = ({ heardUntil, basis, isBeyond }: HorizonView): string => {
  if (basis === 'unknown') return 'not recorded';
  if (heardUntil === null) return NOTHING_YET;
  const how = basis === 'recorded' ? '' : ' (inferred from the newest event)';
  return `${heardUntil}${how}${isBeyond ? `: everything after is unknown. ${REMEDY}` : ''}`;
};

const NOTHING_YET = 'no data yet: everything is unknown';

const REMEDY = 'Read newer CloudTrail files with `tagledger ingest`, or ask about an earlier time.';

/** The horizon as rows of a table. */
export const horizonRows = (horizon: HorizonView): string[][] => [
  ['data until', heardText(horizon)],
  ...horizon.silentAccounts.map(({ account, heardUntil }) => ['', silentText(account, heardUntil)]),
];

const silentText = (account: string, heardUntil: string): string =>
  `only ${heardUntil} for account ${account}: what came after is unknown`;

/** Says the same on stderr, for an answer that has no place for it. */
export const sayHorizon = ({ stderr }: Console, horizon: HorizonView): void => {
  for (const [name, text = ''] of horizonRows(horizon))
    stderr(sanitizeTerminal(text === NOTHING_YET ? text : `${name || 'data until'} ${text}`));
};
