import type { OpenPseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import type { Home } from './direct-call.ts';
import { type RequestDeps, request } from './intake.ts';
import type { InstancesOf } from './recover-launch.ts';

/** Which parts of the intake are switched on, by the names of their settings. */
export interface IntakeSwitches {
  /** Whether EC2 is asked for the instances that CloudTrail left out of the record of a launch. */
  readonly RECOVER_OMITTED: boolean;
  /** Whether the calls of a role session are attributed to the person who assumed the role. */
  readonly IDENTITY_JOIN: boolean;
  /** Whether who acted is recorded under pseudonyms. */
  readonly HASH_IDENTITIES: boolean;
}

/** What an intake is made of. The optional parts are functions: each is made only where its switch is on. */
export interface IntakeParts
  extends Pick<RequestDeps, 'ledger' | 'rules' | 'taggerRoleArn' | 'credentialsOf' | 'telemetry'> {
  /** Absent where there is no EC2 to ask: what CloudTrail left out is then left out. */
  readonly instancesOf?: () => InstancesOf;
  readonly coordination: () => CoordinationStore;
  readonly openPseudonymizer: () => OpenPseudonymizer;
}

/**
 * The intake of a deployment, of the command line, or of an embedded ledger: the only place that says which setting
 * switches which part on. Direct calls by id alone mean the account and Region of `home`; without one they are refused.
 */
export const composeIntake = (
  { RECOVER_OMITTED, IDENTITY_JOIN, HASH_IDENTITIES }: IntakeSwitches,
  { instancesOf, coordination, openPseudonymizer, ...fixed }: IntakeParts,
): ((home?: Home) => ReturnType<typeof request>) => {
  const deps: RequestDeps = {
    ...fixed,
    ...(RECOVER_OMITTED && instancesOf && { instancesOf: instancesOf() }),
    ...(IDENTITY_JOIN && { coordination: coordination() }),
    ...(HASH_IDENTITIES && { openPseudonymizer: openPseudonymizer() }),
  };
  return (home) => request({ ...deps, ...(home && { home }) });
};
