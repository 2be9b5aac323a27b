import { basename } from 'node:path';
import type { OutcomeKind } from '../../../explain/outcome.ts';
import type { Searched, TrailFinding } from '../../../explain/search-trail.ts';
import { indentedBy, type TextStyle } from '../../text-style.ts';
import { FACTS, type TableColumn, table } from '../../views/table.ts';

const MOST_SHOWN = 20;

/** Search results of a trail as text: the records that explain something, and the number of others. */
export const trailText = ({ findings, otherCalls }: Searched, style: TextStyle): string => {
  const recorded = findings.filter(({ is }) => is === 'recorded').length;
  const telling = findings.filter(({ is }) => is !== 'recorded');
  const others = Object.entries(otherCalls).map(([name, n]) => `${n} ${name}`);
  const more = telling.length - MOST_SHOWN;
  return [
    `records in the trail: ${recorded} in the ledger, ${telling.length} not`,
    ...(telling.length > 0
      ? [table(telling.slice(0, MOST_SHOWN).map(rowOf), indentedBy(2, style), RECORDS).replace(/^/gm, '  ')]
      : []),
    ...(more > 0 ? [`  and ${more} more: -o json has all`] : []),
    ...(others.length > 0 ? [table([['  also mentioned by', others.join(', ')]], style, FACTS)] : []),
  ].join('\n');
};

const RECORDS: readonly TableColumn[] = [
  {},
  { fit: 'cut', least: 12 },
  { fit: 'cut', least: 12 },
  {},
  { fit: 'wrap', least: 16 },
];

const rowOf = (finding: TrailFinding): string[] => {
  const { eventTime, eventName, who, file, position } = finding;
  return [
    eventTime ?? '',
    eventName ?? 'direct call',
    `${who.name} (${who.confidence})`,
    `${basename(file)}${position && ` ${position}`}`,
    whatText(finding),
  ];
};

const WOULD: Readonly<Record<OutcomeKind, string>> = {
  request: 'ask for its tags',
  restore: 'record its return',
  retire: 'record its end',
  observe: 'record its tags',
  skip: 'record nothing',
};

const whatText = ({ is, would = 'skip', reason = '' }: TrailFinding): string => {
  switch (is) {
    case 'recorded':
      return 'in the ledger';
    case 'missing':
      return `not in the ledger: ingest would ${WOULD[would]}`;
    case 'nothing-new':
      return 'nothing that the ledger does not know';
    case 'skipped':
      return `skipped: ${reason}`;
    case 'perhaps':
      return `may have created it: ${reason}`;
  }
};
