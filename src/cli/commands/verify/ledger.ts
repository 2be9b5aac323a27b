import { checkEvents } from '../../../verifier/check-events.ts';
import { type Checked, checked, type SectionOptions } from '../../../verifier/check-section.ts';
import { claimedProvenance } from '../../../verifier/export-header.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openSource } from '../../ledger/open-source.ts';
import type { ShowProgress } from '../../progress.ts';
import { checkFile } from './file.ts';

/**
 * Checks the events of the ledger that `--ledger` names. `take` receives the results in batches, in the order
 * of the events. Rejects as `openSource` does, and with an `InvalidInputError` for a file that cannot be read
 * to its end. `show` is given the progress.
 */
export const checkLedger = async (
  where: string,
  options: SectionOptions,
  take: (checked: Checked) => void,
  show: ShowProgress,
): Promise<void> => {
  if (ledgerKindOf(where) === 'file') return checkShown(where, options, take, show);
  const { isPart = false, tells } = options;
  const source = await openSource(where, show);
  const check = checkEvents({ isPart });
  try {
    for await (const { columns, problems } of source.batches) {
      take(checked(check, [...problems, ...columns], { tells, ends: false }));
    }
    take(checked(check, [], { tells, ends: true }));
  } finally {
    await source.close();
  }
};

const checkShown: typeof checkLedger = async (file, options, take, show) => {
  const total = (await claimedProvenance(file))?.counts.events;
  let done = 0;
  await checkFile(file, options, (one) => {
    take(one);
    done += one.counts.events;
    show(done, total, 'events');
  });
  show(done, done, 'events');
};
