import { REQUIRABLE_TYPES, TAG_POLICY_TYPES } from '../aws-types.ts';
import type { Clause, Scope } from '../clause.ts';
import type { Gathered } from '../policy-of.ts';
import type { Remark } from '../remark.ts';
import { isAll } from './form.ts';
import type { Merged, MergedStatement, MergedTagPolicy } from './merge.ts';

/**
 * Returns the rules of an effective tag policy, as AWS evaluates it (AWS Organizations User Guide, "Report
 * tagging compliance" and "Tag policy syntax and examples").
 * - A key in another case than `tag_key` is noncompliant, on every type that tag policies evaluate. Without
 *   `tag_key` the right case is lower case, unless the statement requires the key: then any case is right.
 * - A value that matches none of `tag_value` is noncompliant. An empty list matches nothing.
 * - A resource without the key is noncompliant only where `report_required_tag_for` names its type.
 * - `enforced_for` says where AWS refuses noncompliant tags. It does not change what is compliant.
 */
export const rulesOfTagPolicy = ({ statements, notes }: MergedTagPolicy): Gathered => ({
  clauses: statements.flatMap(clausesOf),
  exemptions: [],
  notes: [...notes, ...statements.flatMap(notesOn)],
});

const EVERYWHERE: Scope = {
  types: TAG_POLICY_TYPES,
  typesSay: `resource of the ${TAG_POLICY_TYPES.length} types that tag policies evaluate`,
};

const clausesOf = ({ policyKey, source, settings }: MergedStatement): readonly Clause[] => {
  const { tag_key, tag_value, report_required_tag_for: required } = settings;
  const key = tag_key?.values[0] ?? policyKey.toLowerCase();
  const requiredIn = required && scopeOf(required);
  return [
    ...(tag_key || !required
      ? [{ key, demand: { kind: 'case' as const }, scope: EVERYWHERE, source: tag_key?.source ?? source }]
      : []),
    ...(tag_value
      ? [
          {
            key,
            demand: { kind: 'values' as const, allowed: tag_value.values, anyCase: true as const },
            scope: EVERYWHERE,
            source: tag_value.source,
          },
        ]
      : []),
    ...(requiredIn
      ? [
          {
            key,
            demand: { kind: 'required' as const, ...(!tag_key && { anyCase: true as const }) },
            scope: requiredIn,
            source: required.source,
          },
        ]
      : []),
  ];
};

/** The scope of the ledger's types that a setting names; undefined when it names none. */
const scopeOf = ({ values }: Merged): Scope | undefined => {
  const ec2 = values.filter(isEc2);
  if (ec2.length === 0) return undefined;
  const named = ec2.filter((type) => !isAll(type)).map((type) => type.slice('ec2:'.length));
  if (!ec2.some(isAll)) return { types: named };
  const others = named.filter((type) => !REQUIRABLE_TYPES.includes(type));
  return {
    types: [...REQUIRABLE_TYPES, ...others],
    typesSay: [`resource of the ${REQUIRABLE_TYPES.length} types of ec2:ALL_SUPPORTED`, ...others].join(
      ' and ',
    ),
  };
};

const isEc2 = (type: string): boolean => type.startsWith('ec2:');

const notesOn = ({ settings }: MergedStatement): readonly Remark[] => {
  const { tag_value, enforced_for, report_required_tag_for: required } = settings;
  const foreign = required?.values.filter((type) => !isEc2(type)) ?? [];
  const beyond =
    required?.values.filter(
      (type) => isEc2(type) && !isAll(type) && !REQUIRABLE_TYPES.includes(type.slice(4)),
    ) ?? [];
  return [
    ...(tag_value?.values.length === 0
      ? [{ ...tag_value.source, says: 'is empty, so that no value of the key is allowed' }]
      : []),
    ...(enforced_for
      ? [
          {
            ...enforced_for.source,
            says: `asks AWS to refuse what is noncompliant on ${list(enforced_for.values)}; what the ledger holds is judged the same with or without it`,
          },
        ]
      : []),
    ...(required && foreign.length > 0
      ? [{ ...required.source, says: `${list(foreign)} concerns no resource that the ledger keeps` }]
      : []),
    ...(required && beyond.length > 0
      ? [
          {
            ...required.source,
            says: `AWS does not report required keys of ${list(beyond)}; the ledger does`,
          },
        ]
      : []),
  ];
};

const list = (values: readonly string[]): string => (values.length > 0 ? values.join(', ') : 'nothing');
