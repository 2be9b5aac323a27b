import { type Properties, template } from './template.ts';

type Name = Parameters<typeof template>[0];

/** A statement of a policy in IAM, with lists where it may have one. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: Properties | undefined;
}

const listed = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** The statements of a policy document. */
export const statementsIn = (document: Properties): readonly Statement[] =>
  document.Statement.map(({ Effect, Action, Resource, Condition }: Properties) => ({
    effect: Effect,
    actions: listed(Action),
    resources: listed(Resource),
    condition: Condition,
  }));

/** What each role of a template may do, by the role's name there. Every policy of the template must be some role's. */
export const rolesOf = (name: Name): ReadonlyMap<string, readonly Statement[]> => {
  const roles = new Map<string, Statement[]>(
    template(name)
      .of('AWS::IAM::Role')
      .map(([id]) => [id, []]),
  );
  for (const [, { Properties }] of template(name).of('AWS::IAM::ManagedPolicy')) {
    for (const role of Properties.Roles)
      roles.get(role.slice(1, -1))?.push(...statementsIn(Properties.PolicyDocument));
  }
  return roles;
};

/** What a role may do, one `action on resource` a line, sorted. */
export const linesOf = (statements: readonly Statement[]): readonly string[] =>
  statements
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`)),
    )
    .sort();
