import { type Checked, type SectionOptions, sectionChecker } from '../../../verifier/check-section.ts';
import type { Finding } from '../../../verifier/finding.ts';
import { fileLines } from '../../../verifier/ledger-file.ts';
import { type Section, sectionsOf } from '../../../verifier/sections.ts';
import { orderedPipeline } from '../../threads/ordered-pipeline.ts';
import { mayStart, startThread, type Thread } from '../../threads/start.ts';
import type { PackedSection } from './thread.ts';

/** The number of bytes that this thread checks in the time it takes to start another one. */
const WORTH_IT = 8 * 1024 * 1024;

/** Enough that a thread has its next section while its last result waits for its turn. */
const SECTIONS_AT_ONCE = 8;

const THREAD = new URL('./verify-thread.js', import.meta.url);

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
    'kind' in one ? { findings: [one], counts: { events: 0, streams: 0 }, seen: [] } : check(one);
  try {
    await orderedPipeline(sectionsOf(fileLines(path)), work, take, SECTIONS_AT_ONCE);
  } finally {
    await close();
  }
};

const startCheck = (options: SectionOptions): SectionCheck => {
  const check = sectionChecker(options);
  const here = async (section: Section) => check(section);
  const there = (other: Thread<PackedSection, Checked>) => (section: Section) =>
    other.run(section, [section.bytes.buffer]);
  const mayHelp = mayStart(THREAD);
  let thread: Thread<PackedSection, Checked> | undefined;
  let begun = 0;
  let goesTo = here;
  return {
    check: (section) => {
      begun += section.bytes.length;
      if (mayHelp && begun > WORTH_IT) thread ??= startThread(THREAD, options);
      if (section.begins) goesTo = thread?.isFree() ? there(thread) : here;
      return goesTo(section);
    },
    close: async () => thread?.close(),
  };
};
