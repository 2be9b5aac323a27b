import { env } from 'node:process';

/** A server that is put to the test. */
export interface Target {
  readonly name: string;
  /** Absent where the SDK finds it: in `AWS_ENDPOINT_URL` and its kin, which a person has set. */
  readonly endpoint?: string;
  /** Its conditional writes are not atomic, so that it gets one request after another (decision 0030). */
  readonly oneAtATime?: boolean;
}

/** What is put to the test in one run. */
export interface Targets {
  /** The DynamoDBs on which the stores are tested; the first has the change feed. */
  readonly dynamodbs: readonly [Target, ...Target[]];
  /** EC2, SNS, SQS and CloudWatch. */
  readonly cloud: Target;
}

/** The variable in which `npm run conformance` tells the suites what to test. */
export const VARIABLE = 'TAGLEDGER_CONFORMANCE';

/** What `npm run conformance` has started or was pointed at. Throws outside of it: nothing is skipped. */
export const targets = (): Targets => {
  const text = env[VARIABLE];
  if (!text) throw new Error('There are no servers to test. Run the suites with `npm run conformance`.');
  return JSON.parse(text);
};

/** The settings of an SDK client for a target; made-up credentials open the servers that the run has started. */
export const clientOf = ({ endpoint, oneAtATime }: Target) =>
  endpoint === undefined
    ? {}
    : {
        endpoint,
        region: REGION,
        credentials: { accessKeyId: 'conformance', secretAccessKey: 'conformance' },
        ...(oneAtATime && { requestHandler: { httpAgent: { maxSockets: 1 } } }),
      };

/** The Region of all that the suites make. */
export const REGION = env.AWS_REGION ?? 'eu-west-1';
