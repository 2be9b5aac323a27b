import type { HorizonView } from '../../projections/horizon.ts';
import type { Console } from '../terminal.ts';
import { sanitizeTerminal } from './sanitize-terminal.ts';

/** Until when the ledger has heard of AWS, and how that is known. */
const heardText = ({ heardUntil, basis, isBeyond }: HorizonView): string => {
  if (basis === 'unknown') return 'not recorded';
  if (heardUntil === null) return 'nothing yet: everything is unknown';
  const how = basis === 'recorded' ? '' : ' (inferred from the newest event)';
  return `${heardUntil}${how}${isBeyond ? `: everything after is unknown. ${REMEDY}` : ''}`;
};

const REMEDY = 'Read newer CloudTrail files with `tagledger ingest`, or ask about an earlier time.';

/** The horizon as rows of a table. */
export const horizonRows = (horizon: HorizonView): string[][] => [
  [horizon.basis !== 'unknown' && horizon.heardUntil === null ? 'heard' : 'heard until', heardText(horizon)],
  ...horizon.silentAccounts.map(({ account, heardUntil }) => ['', silentText(account, heardUntil)]),
];

const silentText = (account: string, heardUntil: string): string =>
  `of account ${account} only until ${heardUntil}: what came after is unknown`;

/** Says the same on stderr, for an answer that has no place for it. */
export const sayHorizon = ({ stderr }: Console, horizon: HorizonView): void => {
  for (const [name, text] of horizonRows(horizon)) stderr(sanitizeTerminal(`${name || 'heard'} ${text}`));
};
