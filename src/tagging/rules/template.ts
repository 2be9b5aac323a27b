import { didYouMean } from '../../shared/did-you-mean.ts';

/** The fields that a template may name, each with its meaning. */
export const FIELDS = {
  'who.name': 'the name of the user, role session or service that acted',
  'who.arn': 'the ARN of the principal that acted',
  'who.kind': "CloudTrail's type of the identity, or Direct",
  'who.via': 'the service that acted for the principal',
  'event.id': "the CloudTrail event's id, or the direct call's request id",
  'event.name': 'the API operation, such as RunInstances',
  'event.time': 'when it happened, ISO 8601, UTC',
  'resource.id': "the resource's id, such as i-0abc",
  'resource.type': "the resource's type, such as instance",
  'resource.arn': "the resource's ARN",
  account: 'the 12 digits of the account',
  region: 'the Region',
} as const;

/** The name of a field in a template. */
type Field = keyof typeof FIELDS;

/** The values of the fields for one trigger and resource; absent if the trigger does not have one. */
export type FieldValues = { readonly [field in Field]?: string | undefined };

/** A parsed template: literal text, and fields to fill in. */
export type Template = readonly (string | { readonly field: Field })[];

/**
 * Parses a template: `{field}` stands for a field, `{{` and `}}` for braces. All problems are returned at
 * once, as the ends of sentences; a template with problems must not be used.
 */
export const parseTemplate = (text: string): { template: Template; problems: string[] } => {
  const template: (string | { field: Field })[] = [];
  const problems: string[] = [];
  for (const [part] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (part === '{{' || part === '}}') template.push(part.slice(1));
    else if (part === '{' || part === '}') {
      problems.push(`has an unpaired "${part}": write "${part}${part}" for a brace in the value`);
    } else if (!part.startsWith('{')) template.push(part);
    else {
      const name = part.slice(1, -1).trim();
      if (isField(name)) template.push({ field: name });
      else
        problems.push(
          `names the unknown field {${name}}: ${didYouMean(name, Object.keys(FIELDS), { shown: inBraces })}`,
        );
    }
  }
  return { template, problems };
};

const inBraces = (name: string): string => `{${name}}`;

/** The text of a template; undefined if one of its fields has no value. */
export const fill = (template: Template, values: FieldValues): string | undefined => {
  let text = '';
  for (const part of template) {
    const piece = typeof part === 'string' ? part : values[part.field];
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
};

const isField = (name: string): name is Field => Object.hasOwn(FIELDS, name);
