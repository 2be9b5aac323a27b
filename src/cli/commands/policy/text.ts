import { type Exemption, scopeText, wordsOf } from '../../../policies/clause.ts';
import type { ReadPolicy } from '../../../policies/policy-of.ts';
import type { PolicyFile } from '../../../policies/read-policies.ts';
import { type Remark, remarkText } from '../../../policies/remark.ts';
import type { TextStyle } from '../../text-style.ts';
import { paragraph } from '../../views/fit-text.ts';
import { sanitizeTerminal } from '../../views/sanitize-terminal.ts';
import { type TableColumn, table } from '../../views/table.ts';

/** A policy in machine-readable form. */
export const viewOfPolicy = ({ id, rules, exemptions, notes }: ReadPolicy, files: readonly PolicyFile[]) => ({
  valid: true,
  id,
  files: files.map(({ name }) => name),
  rules,
  exemptions: exemptions.map(exemptionView),
  notes,
});

/** The content of {@link viewOfPolicy}, one item per line. */
export const linesOfPolicy = (policy: ReadPolicy, files: readonly PolicyFile[]): readonly object[] => {
  const { rules, exemptions, notes, ...rest } = viewOfPolicy(policy, files);
  return [
    { kind: 'policy', ...rest },
    ...rules.map((rule) => ({ kind: 'rule', ...rule })),
    ...exemptions.map((exemption) => ({ kind: 'exemption', ...exemption })),
    ...notes.map((note) => ({ kind: 'note', ...note })),
  ];
};

const exemptionView = ({ scope: { typesSay: _, ...scope }, ...rest }: Exemption) => ({ ...scope, ...rest });

const RULES: readonly TableColumn[] = [
  { name: 'rule' },
  { name: 'where', fit: 'wrap', least: 16 },
  { name: 'says', fit: 'wrap', least: 24 },
];

/** A policy as text: its rules with their positions, its exemptions and notes. */
export const policyText = (policy: ReadPolicy, files: readonly PolicyFile[], style: TextStyle): string => {
  const { id, rules, exemptions, notes } = policy;
  const counts = `${count(rules.length, 'rule')}, ${count(exemptions.length, 'exemption')}, from ${count(files.length, 'file')}`;
  return [
    `policy ${id}: ${counts}`,
    '',
    table(
      rules.map(({ id: name, source: { file, place }, says }) => [name, `${file}, ${place}`, says]),
      style,
      RULES,
    ),
    ...section('exempt', exemptions.map(exemptionText), style),
    ...section('note', notes.map(remarkText), style),
  ].join('\n');
};

/** The problems of a policy, one per line. */
export const problemsText = (problems: readonly Remark[]): string =>
  [
    ...problems.map((problem) => sanitizeTerminal(remarkText(problem))),
    '',
    `${count(problems.length, 'problem')}: the policy cannot be used`,
  ].join('\n');

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const section = (title: string, lines: readonly string[], style: TextStyle): readonly string[] =>
  lines.length === 0
    ? []
    : ['', ...lines.map((line) => paragraph(sanitizeTerminal(`${title}: ${line}`), style))];

const EVERYTHING = `every ${scopeText({})}`;

const exemptionText = ({ scope, resources, keys, owner, reason, from, until, source }: Exemption): string => {
  const within = `every ${scopeText(scope)}`;
  const named = resources && wordsOf(resources, 'and');
  const whom = named ? (within === EVERYTHING ? named : `${named} of ${within}`) : within;
  const what = keys ? `the rules for ${wordsOf(keys, 'and')}` : 'all rules';
  const when = `${from === undefined ? '' : `from ${from} `}until ${until}`;
  return `${whom} from ${what}, ${when}, by ${owner}: ${reason} (${source.file}, ${source.place})`;
};
