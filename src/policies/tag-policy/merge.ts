import { wordsOf } from '../clause.ts';
import type { RuleSource } from '../policy.ts';
import type { Remark } from '../remark.ts';
import {
  OPERATOR_SETTINGS,
  OPERATORS,
  type Operator,
  type OperatorSetting,
  type SettingName,
  type TagPolicy,
} from './form.ts';

/** The policies attached to one root, unit or account, in the order in which they were attached. */
export type Level = readonly TagPolicy[];

/** A setting of the effective policy, and the last place that changed it. */
export interface Merged {
  readonly values: readonly string[];
  readonly source: RuleSource;
}

/** The effective policy for one tag key. */
export interface MergedStatement {
  readonly policyKey: string;
  /** Where the key was first named. */
  readonly source: RuleSource;
  readonly settings: Readonly<Partial<Record<SettingName, Merged>>>;
}

/** The effective policy, and notes on the parts that had no effect. */
export interface MergedTagPolicy {
  readonly statements: readonly MergedStatement[];
  readonly notes: readonly Remark[];
}

/** A setting during the merge. */
interface Slot {
  merged?: Merged;
  /** The operators that the levels above allow below them. */
  allowed: readonly Operator[];
}

/**
 * Merges tag policies as Organizations does, from the root down (AWS Organizations User Guide, "Inheritance
 * operators" and "Inheritance examples").
 * - `@@assign` replaces the inherited values, `@@append` adds to them, `@@remove` removes from them.
 * - An operator that a level above does not allow has no effect, and no level can allow it again. Policies of
 *   one level do not restrict each other; the levels below get the intersection of what they allow.
 * - When policies of one level assign the same setting, the one that was attached first wins.
 *
 * Statements are the same when their keys are equal, ignoring case.
 */
export const mergeTagPolicies = (levels: readonly Level[]): MergedTagPolicy => {
  const statements: Statements = new Map();
  const notes = levels.flatMap((level) => mergeLevel(statements, level));
  return {
    notes,
    statements: [...statements.values()].map(({ policyKey, source, slots }) => ({
      policyKey,
      source,
      settings: Object.fromEntries(
        [...slots].flatMap(([name, { merged }]) => (merged ? [[name, merged]] : [])),
      ),
    })),
  };
};

/** Statements during the merge, by their keys in lower case. */
type Statements = Map<
  string,
  { readonly policyKey: string; readonly source: RuleSource; readonly slots: Map<SettingName, Slot> }
>;

/** Returns the slot of a setting, and creates it if there is none. */
const slotOf = (statements: Statements, policyKey: string, source: RuleSource, name: SettingName): Slot => {
  const key = policyKey.toLowerCase();
  const statement = statements.get(key) ?? { policyKey, source, slots: new Map() };
  statements.set(key, statement);
  const slot = statement.slots.get(name) ?? { allowed: OPERATORS };
  statement.slots.set(name, slot);
  return slot;
};

/**
 * Merges the policies of one level, and returns notes on what had no effect. What they allow binds the levels
 * below.
 */
const mergeLevel = (statements: Statements, level: Level): readonly Remark[] => {
  const given = level.flatMap(({ file, statements: said }) =>
    said.flatMap(({ policyKey, place, settings }) =>
      OPERATOR_SETTINGS.map((name) => ({
        file,
        slot: slotOf(statements, policyKey, { file, place }, name),
        setting: settings[name],
      })),
    ),
  );
  const assigned = new Map<Slot, string>();
  const notes = given.flatMap(({ slot, file, setting }) =>
    setting ? apply(slot, file, setting, assigned) : [],
  );
  for (const { slot, setting } of given) {
    slot.allowed = slot.allowed.filter((operator) => setting?.allowed?.includes(operator) ?? true);
  }
  return notes;
};

/** Applies one policy's operations on one setting, and returns notes on those without effect. */
const apply = (
  slot: Slot,
  file: string,
  setting: OperatorSetting,
  assigned: Map<Slot, string>,
): readonly Remark[] => {
  const notes: Remark[] = [];
  for (const operator of OPERATORS) {
    const values = setting.operations[operator];
    if (!values) continue;
    const says = whyWithoutEffect(slot, operator, assigned.get(slot));
    if (says) {
      notes.push({ file, place: `${setting.place}.${operator}`, says });
      continue;
    }
    if (operator === '@@assign') assigned.set(slot, file);
    const source = { file, place: setting.place };
    slot.merged = { values: combine(operator, slot.merged?.values ?? [], values), source };
  }
  return notes;
};

/**
 * Why an operator has no effect; undefined when it has one. `assigner` is the policy of the same level that
 * already assigned the setting.
 */
const whyWithoutEffect = (
  { allowed }: Slot,
  operator: Operator,
  assigner: string | undefined,
): string | undefined => {
  if (!allowed.includes(operator)) {
    const left = allowed.length > 0 ? wordsOf(allowed) : 'no operator';
    return `has no effect: a policy above allows ${left} here`;
  }
  if (operator !== '@@assign' || assigner === undefined) return undefined;
  return `has no effect: ${assigner}, which is attached to the same before it, wins`;
};

const combine = (
  operator: Operator,
  inherited: readonly string[],
  values: readonly string[],
): readonly string[] => {
  switch (operator) {
    case '@@assign':
      return [...new Set(values)];
    case '@@append':
      return [...new Set([...inherited, ...values])];
    case '@@remove':
      return inherited.filter((value) => !values.includes(value));
  }
};
