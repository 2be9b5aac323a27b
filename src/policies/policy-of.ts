import { canonicalJson } from '../events/canonical-json.ts';
import { idFrom } from '../events/hash-chain.ts';
import { groupBy } from '../shared/collections.ts';
import { type Clause, clauseText, type Exemption, type Scope } from './clause.ts';
import { type Bound, judgeBy } from './judge.ts';
import type { Policy } from './policy.ts';
import type { Remark } from './remark.ts';

/** What the files of a policy say together, before it can judge. */
export interface Gathered {
  readonly clauses: readonly Clause[];
  readonly exemptions: readonly Exemption[];
  readonly notes: readonly Remark[];
}

/** A policy with what its files say beside the rules. */
export interface ReadPolicy extends Policy {
  readonly exemptions: readonly Exemption[];
  /** What is said in the files and has no effect here, or not the one that may be thought. */
  readonly notes: readonly Remark[];
}

/** The policy that clauses and exemptions make; of clauses that ask the same the first one stands for all. */
export const policyOf = ({ clauses, exemptions, notes }: Gathered): ReadPolicy => {
  const bound = bind(clauses);
  return {
    id: idFrom(
      'tagledger/policy/v1',
      ...clauses.map(contentOf).sort(),
      'exemptions',
      ...exemptions.map(exemptionContent).sort(),
    ),
    rules: bound.map(({ rule }) => rule),
    exemptions,
    notes,
    judge: judgeBy(bound, exemptions),
  };
};

/**
 * A rule is named for its key and what is asked of it, as `Owner:required`; with a digest of what it says where several
 * rules ask the same of a key in different scopes, or by different values.
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

/** All of a clause that makes a difference, as text. */
const contentOf = (clause: Clause): string => {
  const { key, demand, scope, graceMs = 0 } = clause;
  const manner = ['anyCase' in demand, 'literal' in demand];
  return canonicalJson([key, demand.kind, ...manner, clauseText(clause), scopeContent(scope), graceMs]);
};

const exemptionContent = ({ source: _, scope, ...rest }: Exemption): string =>
  canonicalJson([scopeContent(scope), rest]);

const scopeContent = ({ types, accounts, regions }: Scope) =>
  [types, accounts, regions].map((list) => (list ? [...list].sort() : null));
