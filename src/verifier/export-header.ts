import { isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import { unreadableFile } from './file-bytes.ts';
import type { Finding } from './finding.ts';
import {
  emptyMember,
  type LeadingMembers,
  MOST_DATA_BYTES,
  readLeadingMembers,
  type SubField,
} from './leading-members.ts';
import { type Provenance, ProvenanceSchema } from './provenance.ts';

/** The id of our sub-fields. Readers pass over those of others. */
const ID = 'TL';
const VERSION = 1;
/** What a sub-field is a part of: the provenance, or the index. */
export type HeaderKind = 'P' | 'I';

/** What a sub-field begins with: the version of this form, and what the rest is a part of. */
const markOf = (kind: HeaderKind): Buffer => Buffer.from([VERSION, kind.charCodeAt(0)]);

/** Empty gzip members that carry some bytes, each a part of them. */
export const writeFragments = (kind: HeaderKind, bytes: Buffer): Buffer => {
  const mark = markOf(kind);
  const length = MOST_DATA_BYTES - mark.length;
  const members: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += length)
    members.push(emptyMember({ id: ID, data: Buffer.concat([mark, bytes.subarray(at, at + length)]) }));
  return Buffer.concat(members);
};

/** The bytes that the members of a file carry; undefined if none does. */
export const readFragments = (fields: readonly SubField[], kind: HeaderKind): Buffer | undefined => {
  const mark = markOf(kind);
  const fragments = fields
    .filter(({ id, data }) => id === ID && data.subarray(0, mark.length).equals(mark))
    .map(({ data }) => data.subarray(mark.length));
  return fragments.length === 0 ? undefined : Buffer.concat(fragments);
};

/** The header of an exported file: empty gzip members that carry the provenance, before the events. */
export const headerOf = (provenance: Provenance): Buffer =>
  writeFragments('P', Buffer.from(JSON.stringify(provenance)));

/** The empty members before the events. Rejects with an `InvalidInputError` when the file cannot be read. */
export const leadingMembers = (path: string): Promise<LeadingMembers> =>
  readLeadingMembers(path).catch((error: unknown) => {
    throw unreadableFile(path, error);
  });

/**
 * What the header of an exported file says of its origin: undefined when it has no header, as files of
 * version 0.1, and a finding when the header cannot be read. Nothing of it is compared with the events.
 * Rejects with an `InvalidInputError` when the file cannot be read.
 */
export const readProvenance = async (path: string): Promise<Provenance | Finding | undefined> => {
  const { fields } = await leadingMembers(path);
  if (!fields) return headerFinding('a header that is whole', 'a damaged one');
  const json = readFragments(fields, 'P');
  if (!json) return undefined;
  const parsed = isUtf8(json) ? v.safeParse(JsonSchema, json.toString('utf8')) : undefined;
  if (parsed?.success) return parsed.output;
  const where = parsed && v.getDotPath(parsed.issues[0]);
  return headerFinding(
    'a header as an export writes it',
    where ? `another text at ${where}` : 'another text',
  );
};

/** As {@link readProvenance}, but undefined for a damaged header too, which is a finding of the check of the file. */
export const claimedProvenance = async (path: string): Promise<Provenance | undefined> => {
  const header = await readProvenance(path);
  return header && 'kind' in header ? undefined : header;
};

const JsonSchema = v.pipe(v.string(), v.parseJson(), ProvenanceSchema);

/** A finding about the header of a file. */
export const headerFinding = (expected: string, found: string): Finding => ({
  kind: 'header',
  stream: null,
  seq: null,
  expected,
  found,
});
