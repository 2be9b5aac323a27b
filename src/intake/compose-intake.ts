import type { OpenPseudonymizer } from '../cloudtrail/identity/pseudonymize.ts';
import type { CoordinationStore } from '../coordination/coordination-store.ts';
import type { Home } from './direct-call.ts';
import { type RequestDeps, request } from './intake.ts';
import type { InstancesOf } from './recover-launch.ts';

/** The optional parts of the intake that are switched on, by the names of their settings. */
export interface IntakeSwitches {
  /** Whether to record creations for which no rule asks for tags. */
  readonly RECORD_ALL: boolean;
  /** Whether to ask EC2 for the instances that CloudTrail omitted from the record of a launch. */
  readonly RECOVER_OMITTED: boolean;
  /** Whether to attribute the calls of a role session to the person who assumed the role. */
  readonly IDENTITY_JOIN: boolean;
  /** Whether to record actors under pseudonyms. */
  readonly HASH_IDENTITIES: boolean;
}

/** The parts of an intake. Those that a switch controls are factories, called only when the switch is on. */
export interface IntakeParts
  extends Pick<RequestDeps, 'ledger' | 'rules' | 'taggerRoleArn' | 'credentialsOf' | 'telemetry'> {
  /** Absent when no EC2 is available: instances that CloudTrail omitted then stay unknown. */
  readonly instancesOf?: () => InstancesOf;
  readonly coordination: () => CoordinationStore;
  readonly openPseudonymizer: () => OpenPseudonymizer;
}

/**
 * Composes the intake of a deployment, the command line or an embedded ledger. Only this function decides
 * which setting switches which part on. A direct call that names a resource by its id alone refers to the
 * account and Region of `home`; without `home` it is rejected.
 */
export const composeIntake = (
  { RECORD_ALL, RECOVER_OMITTED, IDENTITY_JOIN, HASH_IDENTITIES }: IntakeSwitches,
  { instancesOf, coordination, openPseudonymizer, ...fixed }: IntakeParts,
): ((home?: Home) => ReturnType<typeof request>) => {
  const deps: RequestDeps = {
    ...fixed,
    recordAll: RECORD_ALL,
    ...(RECOVER_OMITTED && instancesOf && { instancesOf: instancesOf() }),
    ...(IDENTITY_JOIN && { coordination: coordination() }),
    ...(HASH_IDENTITIES && { openPseudonymizer: openPseudonymizer() }),
  };
  return (home) => request({ ...deps, ...(home && { home }) });
};
