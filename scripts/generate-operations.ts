/**
 * Writes `src/cloudtrail/operations/generated.ts` anew, from the schemas that `@aws-sdk/client-ec2` has at
 * run time: run it again for a new version of the SDK. What the names alone do not tell is left out here and
 * written down by hand in `src/cloudtrail/operations/curated.ts`.
 */
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import * as ec2 from '@aws-sdk/client-ec2';
import { shapeOf } from '../src/cloudtrail/operations/shape.ts';

/** Operation, ResourceType, path of the ids in the response by wire names. */
export type CreationRow = readonly [operation: string, type: string, path: string];
/** Operation, ResourceType, in which body, path of the ids there. */
export type EndingRow = readonly [
  operation: string,
  type: string,
  where: 'request' | 'response',
  path: string,
];
export interface Generated {
  /** Every ResourceType of the API. */
  readonly types: readonly string[];
  readonly creations: readonly CreationRow[];
  readonly endings: readonly EndingRow[];
}

/** A member of a structure: its name on the wire, what it holds, and whether it is a list of that. */
export interface Member {
  readonly name: string;
  readonly schema: unknown;
  readonly isList: boolean;
}

// The layout is undocumented: operation [9, ns, name, traits, input, output], structure [3, ns, name, traits,
// names, members], list [1, ns, name, traits, member]; a member may be a pair [schema, traits], and any schema
// a function.
const open = (schema: unknown): unknown => (typeof schema === 'function' ? open(schema()) : schema);
const parts = (member: unknown): readonly [schema: unknown, traits: Readonly<Record<string, string>>] => {
  const value = open(member);
  return Array.isArray(value) && value.length === 2 ? [open(value[0]), value[1]] : [value, {}];
};

/** The members of a structure, or of the structures in a list; `[]` for a scalar. */
export const membersOf = (schema: unknown): readonly Member[] => {
  const value = open(schema);
  if (!Array.isArray(value)) return [];
  if (value[0] === 1) return membersOf(parts(value[4])[0]);
  if (value[0] !== 3) return [];
  const names: readonly string[] = value[4];
  return names.map((name, i) => {
    const [member, traits] = parts(value[5][i]);
    return { name: traits.xmlName ?? name, schema: member, isList: Array.isArray(member) && member[0] === 1 };
  });
};

/** The request and the response of every operation, by its name. */
export const MODEL: ReadonlyMap<string, { readonly input: unknown; readonly output: unknown }> = new Map(
  Object.values(ec2)
    .flatMap((value: unknown) => (Array.isArray(value) && value[0] === 9 ? [value] : []))
    .map(([, , name, , input, output]) => [String(name), { input, output }] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

const CREATES = /^(?:Allocate|Copy|Create|Export|Import|Purchase|Register|Request|Start)(?=[A-Z])/;
const ENDS = /^(?:Cancel|Delete|Deregister|Release|Terminate)(?=[A-Z])/;

/** Where operations call a type by other words than its own. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  FlowLog: 'vpc-flow-log',
  Host: 'dedicated-host',
  NatGateway: 'natgateway',
  PublicIpv4Pool: 'ipv4pool-ec2',
  SpotInstanceRequest: 'spot-instances-request',
  InstanceExportTask: 'export-instance-task',
  QueuedReservedInstance: 'reserved-instances',
};

/** Operations that do not create or end what their names suggest. */
const MISLEADING: ReadonlySet<string> = new Set([
  'ExportImage', // makes a task; the image is the one that it exports
  'ImportImage', // makes a task; the image comes when that has ended
  'PurchaseScheduledInstances', // buys a schedule, which is no instance
  'StartInstances', // they existed before
  'TerminateClientVpnConnections', // ends what has no ResourceType
]);

/** The words of a name in lower case and the singular: `hostIdSet` is host, id. */
const words = (name: string): readonly string[] =>
  name
    .replace(/Set$/, '')
    .split(/(?<=[a-z0-9])(?=[A-Z])|-/)
    .map((word) => word.toLowerCase().replace(/(?<=[^s])s$/, ''));

/**
 * How many of these words a name has in their order, the first at the first place where it comes, and so on.
 */
const inOrder = (some: readonly string[], name: readonly string[]): number =>
  name.reduce((found, word) => (word === some[found] ? found + 1 : found), 0);

/** Whether a name has all of these words in their order, and ends with the last of them. */
const tells = (some: readonly string[], name: readonly string[]): boolean =>
  some.length > 0 && some.at(-1) === name.at(-1) && inOrder(some, name) === some.length;

/** The first item with the greatest length; undefined for an empty list. */
const longest = <T>(items: readonly T[], lengthOf: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((a, b) => (a !== undefined && lengthOf(a) >= lengthOf(b) ? a : b), undefined);

const TYPES: readonly string[] = Object.values(ec2.ResourceType);

/** The type that an operation's noun names, by the most of its words. */
const typeOf = (noun: string): string | undefined =>
  OTHER_WORDS[noun.replace(/(?<=[^s])s$/, '')] ??
  longest(
    TYPES.filter((type) => tells(words(type), words(noun))),
    (type) => words(type).length,
  );

interface Candidate {
  readonly path: string;
  /** By how many words. */
  readonly says: number;
  readonly isList: boolean;
}

/** The members that are ids named after the noun, or after the end of it. */
const idsIn = (members: readonly Member[], noun: readonly string[], before = ''): readonly Candidate[] =>
  members.flatMap(({ name, isList }) => {
    const said = words(name);
    if (said.at(-1) !== 'id' || !tells(said.slice(0, -1), noun)) return [];
    return [{ path: before + name, says: said.length, isList }];
  });

/** The path of the noun's id: at the top of the response, or else in the structure named after the noun. */
const idOf = (schema: unknown, noun: string): string | undefined => {
  const name = words(noun);
  const members = membersOf(schema);
  const atTop = idsIn(members, name);
  const within = members
    .filter((member) => tells(words(member.name), name))
    .flatMap((member) => idsIn(membersOf(member.schema), name, `${member.name}.`));
  return longest(atTop.length ? atTop : within, ({ says }) => says)?.path;
};

/**
 * Where a response lists apart what a call over several has ended: such a call succeeds though a part of it
 * fails.
 */
const successIn = (schema: unknown, noun: string): string | undefined => {
  const list = membersOf(schema).find(({ name, isList }) => isList && name.startsWith('successful'));
  return (
    list && longest(idsIn(membersOf(list.schema), words(noun), `${list.name}.`), ({ says }) => says)?.path
  );
};

/** Lowers the first letter, as CloudTrail does in names. */
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const creation = (operation: string): readonly CreationRow[] => {
  if (!CREATES.test(operation) || MISLEADING.has(operation)) return [];
  const noun = operation.replace(CREATES, '');
  const type = typeOf(noun);
  const path = type && idOf(MODEL.get(operation)?.output, noun);
  return path ? [[operation, type, path]] : [];
};

const ending = (operation: string): readonly EndingRow[] => {
  if (!ENDS.test(operation) || MISLEADING.has(operation)) return [];
  const noun = operation.replace(ENDS, '');
  const type = typeOf(noun);
  if (!type) return [];
  const { input, output } = MODEL.get(operation) ?? {};
  const success = successIn(output, noun);
  if (success) return [[operation, type, 'response', success]];
  const id = longest(idsIn(membersOf(input), words(noun)), ({ says }) => says);
  // A list in a plain request has a name that only CloudTrail knows.
  if (!id || (id.isList && shapeOf(operation) === 'plain')) return [];
  return [[operation, type, 'request', lowerFirst(id.path)]];
};

/**
 * Derives the rows from the names in the SDK's model, sorted by operation. The same SDK yields the same rows.
 */
export const generate = (): Generated => ({
  types: [...TYPES].sort(),
  creations: [...MODEL.keys()].flatMap(creation),
  endings: [...MODEL.keys()].flatMap(ending),
});

const quoted = (text: string): string => `'${text}'`;
const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `  [${row.map(quoted).join(', ')}],\n`).join('');

/** The text of `src/cloudtrail/operations/generated.ts`. */
export const moduleText = ({ types, creations, endings }: Generated): string =>
  `// biome-ignore-all format: one line per row
// Written by scripts/generate-operations.ts from the schemas of @aws-sdk/client-ec2; do not edit.

/** Every ResourceType of the EC2 API. */
export const TYPES: readonly string[] = [
${types.map((type) => `  ${quoted(type)},\n`).join('')}];

/** Operation, ResourceType, path of the ids in the response. */
export const CREATIONS: readonly (readonly [operation: string, type: string, path: string])[] = [
${lines(creations)}];

/** Operation, ResourceType, in which body, path of the ids there. */
export const ENDINGS: readonly (readonly [operation: string, type: string, body: 'request' | 'response', path: string])[] = [
${lines(endings)}];
`;

const OUT = new URL('../src/cloudtrail/operations/generated.ts', import.meta.url);

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) writeFileSync(OUT, moduleText(generate()));
