import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { pMapIterable } from 'p-map';
import { type Checked, type SectionOptions, sectionChecker } from '../../../verifier/check-section.ts';
import { emptyExtent } from '../../../verifier/extent.ts';
import type { Finding } from '../../../verifier/finding.ts';
import { fileLines } from '../../../verifier/ledger-file.ts';
import { type Section, sectionsOf } from '../../../verifier/sections.ts';
import { type CheckThread, startThread } from './start-thread.ts';

/** The number of bytes that the main thread checks in the time it takes to start another one. */
const WORTH_IT = 8 * 1024 * 1024;

/** Enough that the other thread has its next section while its last result waits for its turn. */
const SECTIONS_AT_ONCE = 8;

/** The build puts this code beside the file of the thread, or into a folder beside it. */
const THREAD = ['./verify-thread.js', '../verify-thread.js']
  .map((path) => new URL(path, import.meta.url))
  .find(existsSync);

/** Checks sections in order. A section that continues another one goes to the thread that has that one. */
interface SectionCheck {
  check(section: Section): Promise<Checked>;
  close(): Promise<void>;
}

/**
 * Checks an exported ledger in this thread, and also in another one if the file is large enough. `take`
 * receives the results in file order. Rejects with an `InvalidInputError` for a file that cannot be read to
 * its end.
 */
export const checkFile = async (
  path: string,
  options: SectionOptions,
  take: (checked: Checked) => void,
): Promise<void> => {
  const { check, close } = startCheck(options);
  const work = async (one: Section | Finding): Promise<Checked> =>
    'kind' in one ? { ...NOTHING, findings: [one] } : check(one);
  try {
    const sections = sectionsOf(fileLines(path));
    for await (const one of pMapIterable(sections, work, { concurrency: SECTIONS_AT_ONCE })) take(one);
  } finally {
    await close();
  }
};

const NOTHING = { counts: { events: 0, streams: 0 }, extent: emptyExtent(), seen: [] };

const startCheck = (options: SectionOptions): SectionCheck => {
  const check = sectionChecker(options);
  const here = async (section: Section) => check(section);
  // Without a second processor a thread only costs. The unbuilt program has no file for it.
  const helper = availableParallelism() > 1 ? THREAD : undefined;
  let thread: CheckThread | undefined;
  let begun = 0;
  let goesTo: SectionCheck['check'] = here;
  return {
    check: (section) => {
      begun += section.bytes.length;
      if (helper && begun > WORTH_IT) thread ??= startThread(helper, options);
      if (section.begins) goesTo = thread?.isFree() ? thread.check : here;
      return goesTo(section);
    },
    close: async () => thread?.close(),
  };
};
