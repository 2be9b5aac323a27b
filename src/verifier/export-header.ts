import { isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import { unreadableFile } from './file-bytes.ts';
import type { Finding } from './finding.ts';
import { emptyMember, MOST_DATA_BYTES, readLeadingMembers } from './leading-members.ts';
import { type Provenance, ProvenanceSchema } from './provenance.ts';

/** The id of our sub-fields. Readers pass over those of others. */
const ID = 'TL';
/** What a sub-field begins with: the version of this form, and what the rest is a part of. */
const PROVENANCE = Buffer.from([1, 'P'.charCodeAt(0)]);
const FRAGMENT_BYTES = MOST_DATA_BYTES - PROVENANCE.length;

/** The header of an exported file: empty gzip members that carry the provenance, before the events. */
export const headerOf = (provenance: Provenance): Buffer => {
  const json = Buffer.from(JSON.stringify(provenance));
  const members: Buffer[] = [];
  for (let at = 0; at < json.length; at += FRAGMENT_BYTES) {
    const data = Buffer.concat([PROVENANCE, json.subarray(at, at + FRAGMENT_BYTES)]);
    members.push(emptyMember({ id: ID, data }));
  }
  return Buffer.concat(members);
};

/**
 * What the header of an exported file says of its origin: undefined when it has no header, as files of
 * version 0.1, and a finding when the header cannot be read. Nothing of it is compared with the events.
 * Rejects with an `InvalidInputError` when the file cannot be read.
 */
export const readProvenance = async (path: string): Promise<Provenance | Finding | undefined> => {
  const { fields } = await readLeadingMembers(path).catch((error: unknown) => {
    throw unreadableFile(path, error);
  });
  if (!fields) return headerFinding('a header that is whole', 'a damaged one');
  const fragments = fields
    .filter(({ id, data }) => id === ID && data.subarray(0, PROVENANCE.length).equals(PROVENANCE))
    .map(({ data }) => data.subarray(PROVENANCE.length));
  if (fragments.length === 0) return undefined;
  const json = Buffer.concat(fragments);
  const parsed = isUtf8(json) ? v.safeParse(JsonSchema, json.toString('utf8')) : undefined;
  if (parsed?.success) return parsed.output;
  const where = parsed && v.getDotPath(parsed.issues[0]);
  return headerFinding(
    'a header as an export writes it',
    where ? `another text at ${where}` : 'another text',
  );
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
