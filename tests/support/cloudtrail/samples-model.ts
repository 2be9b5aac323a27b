import { type Member, MODEL, membersOf } from '../../../scripts/generate-operations.ts';

/** One step of a path: a member, and whether it is a list. */
export interface Step {
  readonly name: string;
  readonly isList: boolean;
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * The steps of a path as the EC2 model has them; undefined for a path that it has not. Names in responses are
 * exact; in requests CloudTrail begins them in lower case where it is plain, and in upper case where it is wrapped.
 */
export const stepsOf = (
  operation: string,
  body: 'request' | 'response',
  path: string,
): readonly Step[] | undefined => {
  const steps: Step[] = [];
  let here = body === 'request' ? MODEL.get(operation)?.input : MODEL.get(operation)?.output;
  for (const name of path.split('.')) {
    const isIt = (member: Member) =>
      body === 'request' ? sameName(member.name, name) : member.name === name;
    const member = membersOf(here).find(isIt);
    if (!member) return undefined;
    steps.push({ name, isList: member.isList });
    here = member.schema;
  }
  return steps;
};

/** A list in a body, as plain and wrapped records have it; `numbered` is how wrapped requests have theirs. */
export type Form = 'plain' | 'wrapped' | 'numbered';

const list = (form: Form, items: readonly unknown[]): unknown => {
  switch (form) {
    case 'plain':
      return { items };
    case 'wrapped':
      return { item: items.length === 1 ? items[0] : items };
    case 'numbered': {
      const numbered = items.map((item, i) =>
        typeof item === 'object' && item !== null ? { tag: i + 1, ...item } : { tag: i + 1, content: item },
      );
      return numbered.length === 1 ? numbered[0] : numbered;
    }
  }
};

/** A body with these ids at the end of the steps, each in an object of its own where that can be; `beside` stands next to each. */
export const bodyAt = (
  [step, ...rest]: readonly Step[],
  ids: readonly unknown[],
  form: Form,
  beside: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => {
  if (!step) return {};
  const { name, isList } = step;
  if (!rest.length) return { [name]: isList ? list(form, ids) : ids[0], ...beside };
  const inner = isList
    ? list(
        form,
        ids.map((id) => bodyAt(rest, [id], form, beside)),
      )
    : bodyAt(rest, ids, form, beside);
  return { [name]: inner };
};

/** A copy whose member names begin in upper case, as wrapped requests have them. */
export const capitalised = (steps: readonly Step[]): readonly Step[] =>
  steps.map(({ name, isList }) => ({ name: name.charAt(0).toUpperCase() + name.slice(1), isList }));
