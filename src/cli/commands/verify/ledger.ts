import { checkEvents } from '../../../verifier/check-events.ts';
import { type Checked, checked, type SectionOptions } from '../../../verifier/check-section.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { openSource } from '../../ledger/open-source.ts';
import { checkFile } from './file.ts';

/**
 * Checks the events of the ledger that `--ledger` names. `take` receives the results in batches, in the order
 * of the events. Rejects as `openSource` does, and with an `InvalidInputError` for a file that cannot be read
 * to its end.
 */
export const checkLedger = async (
  where: string,
  options: SectionOptions,
  take: (checked: Checked) => void,
): Promise<void> => {
  if (ledgerKindOf(where) === 'file') return checkFile(where, options, take);
  const { isPart = false, tells } = options;
  const source = await openSource(where);
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
