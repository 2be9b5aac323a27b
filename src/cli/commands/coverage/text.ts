import {
  type Coverage,
  type CoverageGap,
  type CoverageTotals,
  type TypeCoverage,
  UNCREATED,
  UNENDED,
} from '../../../cloudtrail/operations/coverage.ts';
import { groupBy } from '../../../shared/collections.ts';
import { indentedBy, type TextStyle } from '../../text-style.ts';
import { FACTS, table } from '../../views/table.ts';

/** Coverage as text: each type, the totals, and what is not covered. */
export const coverageText = ({ types, totals, unnamed }: Coverage, style: TextStyle): string =>
  [
    ...types.map((one) => `${one.type}\n${indent(table(rowsOf(one), indentedBy(2, style)))}\n`),
    totalsText(totals, style),
    '',
    'Not seen, because no operation creates it, or none says that it does:',
    ...byReason(UNCREATED),
    '',
    'Not seen to end:',
    ...byReason(UNENDED),
    '',
    'Created by a call whose record does not name it:',
    ...unnamed.map(({ operation, what }) => `  ${what} (${operation})`),
    '',
    'Nor is seen what is in a record over the size limit of CloudTrail, and what creates no resource with a type of its own.',
  ].join('\n');

const rowsOf = ({ creates, ends, reason = '' }: TypeCoverage): string[][] => {
  const row = (
    what: string,
    { operation, service, shape, source, in: where, path }: (typeof ends)[number],
  ) => [
    what,
    service === 'ec2' ? operation : `${operation} (${service}.amazonaws.com)`,
    shape,
    source,
    `${where} ${path}`,
  ];
  if (creates.length === 0) return [['created by', `nothing: ${reason}`]];
  return [
    ...creates.map((one) => row('created by', one)),
    ...ends.map((one) => row('ended by', one)),
    ...(ends.length === 0 ? [['ended by', `nothing: ${reason}`]] : []),
  ];
};

const totalsText = (
  { types, created, ended, creations, endings, operations }: CoverageTotals,
  style: TextStyle,
): string =>
  [
    `${created} of ${types} types are created by an operation, and ${ended} are ended by one`,
    table(
      [
        ['creations', `${creations.generated} generated, ${creations.curated} curated`],
        ['endings', `${endings.generated} generated, ${endings.curated} curated`],
        [
          'logged',
          `${operations.plain} operations plain, ${operations.wrapped} wrapped, ${operations.unknown} not known`,
        ],
      ],
      style,
      FACTS,
    ),
  ].join('\n');

const byReason = (gaps: readonly CoverageGap[]): string[] =>
  [...groupBy(gaps, ({ reason }) => reason)].map(
    ([reason, same]) => `  ${same.map(({ type }) => type).join(', ')}: ${reason}`,
  );

const indent = (text: string): string => text.replace(/^/gm, '  ');
