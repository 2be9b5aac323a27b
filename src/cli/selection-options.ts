import { accountId } from '../cloudtrail/account.ts';
import { TYPES } from '../cloudtrail/operations/generated.ts';
import type { Selection } from '../compliance/selection.ts';
import { isRegion } from '../events/resource-arn.ts';
import type { Tag } from '../events/tag.ts';
import type { Values } from './command.ts';
import type { PLACE_FLAGS, SELECTION_FLAGS } from './common-flags.ts';
import { WrongUsageError } from './errors.ts';
import { ofForm, unknownName } from './option-values.ts';

/** The options that select resources by where they are and what they are. */
export const PLACING = ['account', 'region', 'type'] as const;

/** The options that select a part of the fleet. */
export const SELECTING = [...PLACING, 'creator', 'tag'] as const;

/** Where the options say that resources are, and what. Throws a `WrongUsageError` for a value of another form. */
export const placeOf = ({ account, region, type }: Values<typeof PLACE_FLAGS>): Selection => ({
  account: account.map((one) => ofForm('account', one, isAccountId, 'the 12 digits of an account')),
  region: region.map((one) => ofForm('region', one, isRegion, 'the name of a Region, such as eu-west-1')),
  type: type.map(typeOf),
});

/** The part of the fleet that the options select. Throws as {@link placeOf} does. */
export const selectionOf = (values: Values<typeof SELECTION_FLAGS>): Selection => ({
  ...placeOf(values),
  creator: values.creator,
  tag: values.tag.map(tagOf),
});

const typeOf = (type: string): string => {
  if (TYPES.includes(type)) return type;
  throw unknownName('resource type', type, TYPES, 'Run `tagledger coverage` for all resource types');
};

const isAccountId = (text: string): boolean => accountId(text) !== undefined;

const tagOf = (text: string): Tag => {
  const at = text.indexOf('=');
  if (at < 1)
    throw new WrongUsageError(
      `The value ${JSON.stringify(text)} of --tag is not a tag. Type KEY=VALUE, such as Env=prod.`,
    );
  return { key: text.slice(0, at), value: text.slice(at + 1) };
};
