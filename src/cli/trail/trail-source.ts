import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { DigestFile, TrailSource } from '../../cloudtrail/digest/check-digests.ts';
import type { DigestFault } from '../../cloudtrail/digest/digest-fault.ts';
import { fileNameOf, type ListedLogFile } from '../../cloudtrail/digest/parse-digest.ts';
import { groupBy } from '../../shared/collections.ts';
import { trailBytes } from './trail-bytes.ts';
import { localFile, type TrailFile } from './trail-file.ts';
import type { TrailFiles } from './trail-files.ts';

/** The files of a trail in folders. */
export interface FolderSource extends TrailSource {
  /** The names, without folders, of the log files that no digest listed so far. */
  unlisted(): Iterable<string>;
}

/** A digest of an hour with a thousand log files has about 400 KB. */
const MAX_DIGEST = 64 * 1024 * 1024;

/**
 * Finds log files by name, whatever the folders above: the name ends with random characters, so no two files have the same.
 * Copies of a file must all have the listed content, because all of them are read. Their names are held in memory,
 * their content is not.
 */
export const folderSource = ({ files, digests }: TrailFiles): FolderSource => {
  const byName = groupBy(files, ({ name }) => nameOf(name));
  const digestNamed = new Map(digests.map((digest) => [digest.name, digest]));
  const listed = new Set<string>();
  return {
    digests: [...digestNamed.keys()],
    readDigest: async (name) => contentOf(digestNamed.get(name) ?? localFile(name)),
    checkLogFile: async (file) => {
      const name = nameOf(file.place);
      listed.add(name);
      const copies = byName.get(name) ?? [];
      if (copies.length === 0)
        return { kind: 'log-missing', expected: fileNameOf(file.place), found: 'no such file' };
      for (const copy of copies) {
        const fault = await differenceOf(copy, file);
        if (fault) return fault;
      }
      return undefined;
    },
    unlisted: function* () {
      for (const [name, [file]] of byName) if (file && !listed.has(name)) yield basename(file.name);
    },
  };
};

/** The name of a file by which it is found, also if it was inflated. */
const nameOf = (path: string): string => basename(path).replace(/\.gz$/i, '');

const contentOf = async (file: TrailFile): Promise<DigestFile> => {
  const chunks: Buffer[] = [];
  let size = 0;
  let damage: string | undefined;
  for await (const chunk of trailBytes(file, () => {})) {
    if (Buffer.isBuffer(chunk)) {
      chunks.push(chunk);
      size += chunk.length;
    } else damage = chunk.damage;
    if (size > MAX_DIGEST) return { bytes: Buffer.alloc(0), damage: `more than ${MAX_DIGEST} bytes` };
  }
  return { bytes: Buffer.concat(chunks), damage };
};

/** CloudTrail hashes the uncompressed content. */
const differenceOf = async (
  file: TrailFile,
  { place, sha256 }: ListedLogFile,
): Promise<DigestFault | undefined> => {
  const hash = createHash('sha256');
  let damage: string | undefined;
  for await (const chunk of trailBytes(file, () => {})) {
    if (Buffer.isBuffer(chunk)) hash.update(chunk);
    else damage = chunk.damage;
  }
  const found = hash.digest('hex');
  if (found === sha256) return undefined;
  return {
    kind: 'log-altered',
    expected: `${fileNameOf(place)} with SHA-256 ${sha256}`,
    found: damage === undefined ? `SHA-256 ${found} in ${file.name}` : `damage in ${file.name} (${damage})`,
  };
};
