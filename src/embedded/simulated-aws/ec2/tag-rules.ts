import type { CreateTagsCommandInput } from '@aws-sdk/client-ec2';
import type { Tag } from '../../../events/tag.ts';
import type { Refusal } from './error.ts';

/** The most ids in one CreateTags call (API reference of CreateTags). */
const MAX_RESOURCES_PER_CALL = 1000;
/** The most user tags on one resource. AWS tags (`aws:`) do not count (EC2 guide, Using_Tags). */
const MAX_TAGS_PER_RESOURCE = 50;
/**
 * The most Unicode characters in a key: 127 in the API model, 128 in the guide. The simulation uses the
 * stricter limit.
 */
const MAX_KEY_LENGTH = 127;
/** The most Unicode characters in a value (EC2 guide, Using_Tags). */
const MAX_VALUE_LENGTH = 256;

/** Whether a key is reserved for AWS: `aws:` in any case (Tagging AWS resources, naming limits). */
const isReserved = (key: string): boolean => key.toLowerCase().startsWith('aws:');

const invalid = (message: string): Refusal => ({ code: 'InvalidParameterValue', message });

const lengthOf = (text: string): number => [...text].length;

const keyRefusal = (key: string): Refusal | undefined => {
  if (key === '')
    return invalid("Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or empty.");
  if (isReserved(key)) {
    return invalid(
      `Value ( ${key} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use`,
    );
  }
  return lengthOf(key) > MAX_KEY_LENGTH
    ? invalid(`Tag key exceeds the maximum length of ${MAX_KEY_LENGTH} characters`)
    : undefined;
};

const valueRefusal = (value: string | undefined): Refusal | undefined => {
  if (value === undefined) return invalid('Tag value cannot be null. Use empty string instead.');
  return lengthOf(value) > MAX_VALUE_LENGTH
    ? invalid(`Tag value exceeds the maximum length of ${MAX_VALUE_LENGTH} characters`)
    : undefined;
};

/**
 * Checks a CreateTags request without looking at resources. Codes and messages are those that users and test
 * doubles report: a reserved or empty key is `InvalidParameterValue` in CreateTags, although the guide lists
 * `InvalidTagKey.Malformed`; too many ids is `ResourceCountExceeded`.
 */
export const requestRefusal = ({ Resources, Tags }: CreateTagsCommandInput): Refusal | undefined => {
  if (!Resources?.length) return missing('resourceIdSet');
  if (!Tags?.length) return missing('tagSet');
  if (Resources.length > MAX_RESOURCES_PER_CALL) {
    return {
      code: 'ResourceCountExceeded',
      message: 'You have exceeded the number of resources allowed in a single call of this type',
    };
  }
  const seen = new Set<string>();
  for (const { Key = '', Value } of Tags) {
    const refusal = keyRefusal(Key) ?? valueRefusal(Value);
    if (refusal) return refusal;
    if (seen.has(Key)) return invalid(`Duplicate tag key '${Key}' specified.`);
    seen.add(Key);
  }
  return undefined;
};

/**
 * Whether a resource with tags `before` would exceed its 50 tags once `added` are set. Overwriting a tag adds
 * none.
 */
export const exceedsTagLimit = (before: ReadonlyMap<string, string>, added: readonly Tag[]): boolean => {
  const keys = new Set([...before.keys(), ...added.map(({ key }) => key)]);
  return [...keys].filter((key) => !isReserved(key)).length > MAX_TAGS_PER_RESOURCE;
};

const missing = (parameter: string): Refusal => ({
  code: 'MissingParameter',
  message: `The request must contain the parameter ${parameter}`,
});
