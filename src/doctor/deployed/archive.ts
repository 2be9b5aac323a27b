import { counted } from '../../alerts/notices/alert-text.ts';
import type { ReadOnlyArchive } from '../../archive/archive-store.ts';
import { type OnWrong, unlessUnreadable } from '../../archive/check/difference.ts';
import { readCatalogue } from '../../archive/newest-catalogue.ts';
import { FOLDERS, objectsOf } from '../../archive/objects-of.ts';
import { type Diagnosis, fine, wrong } from '../diagnosis.ts';

/**
 * Checks that the archive's catalogue is the one that the state table names, and that every object that it names is there.
 * It reads no other object: `archive check` compares them with their digests and with the ledger. `type` makes a
 * command line.
 */
export const archive = async (
  archived: ReadOnlyArchive,
  type: (command: string) => string,
): Promise<Diagnosis> => {
  const problems: string[] = [];
  const onWrong: OnWrong = (_, says) => problems.push(says);
  const rebuild = type('archive rebuild');
  const catalogue = await unlessUnreadable('', onWrong, async () => (await readCatalogue(archived)) ?? null);
  if (catalogue === null)
    return wrong('archive', 'there is none, so questions about the past read the whole ledger', rebuild);
  const used = catalogue ? objectsOf(catalogue) : [];
  const there = new Set<string>();
  for (const folder of FOLDERS) for await (const name of archived.list(folder)) there.add(name);
  for (const { name } of used) if (!there.has(name)) onWrong(name, `The archive has no ${name}`);
  const [first] = problems;
  if (first !== undefined)
    return wrong('archive', `${counted(problems.length, 'problem')}, the first: ${first}`, rebuild);
  const undigested = used.filter(({ sha256 }) => sha256 === undefined).length;
  return undigested > 0
    ? wrong(
        'archive',
        `${counted(undigested, 'object')} without a digest: an earlier version wrote them`,
        rebuild,
      )
    : fine(
        'archive',
        `it has all that its catalogue names; \`${type('archive check')}\` compares it with the ledger`,
      );
};
