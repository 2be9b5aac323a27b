import { envelope } from './delivery.ts';
import { cast, PROD_ACCOUNT } from './identities.ts';
import { journal } from './journal.ts';
import { random } from './random.ts';
import { site } from './site.ts';

/** Lines of which half are good and half are bad, each in its own way, to see what a reader makes of them. */
export const malformedLines = (seed: number): string[] => {
  const r = random(seed);
  const { ana, ci } = cast(r);
  const prod = site(r, PROD_ACCOUNT, 'eu-west-1');
  const { entries, create } = journal(r);
  create(ana, prod, '31 17:01:10', 'CreateVolume', { tags: { Name: 'after-the-noise' } });
  create(ci, prod, '31 17:02:25', 'CreateSecurityGroup', { label: 'good-line' });
  create(ci, prod, '31 17:03:40', 'CreateVolume', {});
  const [first, second, third] = entries.map(({ record }) => envelope(r, record));
  const line = (value: unknown): string => JSON.stringify(value);
  return [
    line(first),
    // Cut off, as by a full disk.
    line(second).slice(0, 200),
    line(second),
    // JSON, but no record.
    line({ hello: 'world' }),
    // A record whose members have the wrong types.
    line({
      ...third,
      detail: { ...entries[2]?.record, eventID: 42, eventTime: ['yesterday'], userIdentity: 'ana' },
    }),
    line([1, 2, 3]),
    line(third),
  ];
};
