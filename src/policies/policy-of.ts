import { canonicalJson } from '../events/canonical-json.ts';
import { idFrom } from '../events/hash-chain.ts';
import { groupBy } from '../shared/collections.ts';
import { type Clause, clauseIdText, clauseText, type Exemption, type Scope } from './clause.ts';
import { type Bound, judgeBy } from './judge.ts';
import type { Policy } from './policy.ts';
import type { Remark } from './remark.ts';

/** The combined contents of a policy's files, before they can judge. */
export interface Gathered {
  readonly clauses: readonly Clause[];
  readonly exemptions: readonly Exemption[];
  readonly notes: readonly Remark[];
}

/** A file of a policy, and its form: tagledger's own, an AWS tag policy, or a rule of AWS Config. */
export interface PolicyFileForm {
  readonly name: string;
  readonly form: 'tagledger' | 'tag-policy' | 'config';
}

/** A policy with its files, exemptions and notes. */
export interface ReadPolicy extends Policy {
  /** In the order in which they were merged. */
  readonly files: readonly PolicyFileForm[];
  readonly exemptions: readonly Exemption[];
  /** Parts of the files that have no effect here, or not the one that a reader may expect. */
  readonly notes: readonly Remark[];
}

/** Builds a policy from clauses and exemptions. Of identical clauses, only the first becomes a rule. */
export const policyOf = ({
  files,
  clauses,
  exemptions,
  notes,
}: Gathered & Pick<ReadPolicy, 'files'>): ReadPolicy => {
  const bound = bind(clauses);
  return {
    id: idFrom(
      'tagledger/policy/v1',
      ...clauses.map(contentOf).sort(),
      'exemptions',
      ...exemptions.map(exemptionContent).sort(),
    ),
    rules: bound.map(({ rule }) => rule),
    files,
    exemptions,
    notes,
    judge: judgeBy(bound, exemptions),
  };
};

/**
 * Names each rule after its key and demand, such as `Owner:required`. A digest is added where several rules
 * make the same demand of a key in different scopes or with different values.
 */
const bind = (clauses: readonly Clause[]): readonly Bound[] => {
  const alike = groupBy(clauses, contentOf);
  const distinct = [...alike].flatMap(([content, [clause]]) => (clause ? [{ content, clause }] : []));
  const namesakes = groupBy(distinct, ({ clause }) => nameOf(clause));
  return distinct.map(({ content, clause }) => {
    const name = nameOf(clause);
    const alone = namesakes.get(name)?.length === 1;
    const id = alone ? name : `${name}#${idFrom('tagledger/rule/v1', content).slice(0, 6)}`;
    return { clause, rule: { id, says: clauseText(clause), key: clause.key, source: clause.source } };
  });
};

const nameOf = ({ key, demand }: Clause): string => `${key}:${demand.kind}`;

/** Everything that distinguishes a clause, as text. */
const contentOf = (clause: Clause): string => {
  const { key, demand, scope, graceMs = 0 } = clause;
  const manner = ['anyCase' in demand, 'literal' in demand];
  return canonicalJson([key, demand.kind, ...manner, clauseIdText(clause), scopeContent(scope), graceMs]);
};

const exemptionContent = ({ source: _, scope, ...rest }: Exemption): string =>
  canonicalJson([scopeContent(scope), rest]);

const scopeContent = ({ types, accounts, regions }: Scope) =>
  [types, accounts, regions].map((list) => (list ? [...list].sort() : null));
