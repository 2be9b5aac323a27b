import type { Arguments, Flags, Invocation } from '../../command.ts';

/** The arguments of `tagledger doctor`. */
export const DOCTOR_ARGS = {} as const satisfies Arguments;

/** The options of `tagledger doctor`. */
export const DOCTOR_FLAGS = {
  name: { brief: 'The name of the deployment. Default: derived from the name of the table.', value: 'NAME' },
} as const satisfies Flags;

/** What `tagledger doctor` is run with. */
export type DoctorInvocation = Invocation<typeof DOCTOR_FLAGS, typeof DOCTOR_ARGS>;
