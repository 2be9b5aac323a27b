/** Where and when the list prices were looked up. */
export const LIST = {
  region: 'us-east-1',
  date: '2026-11-25',
  sources:
    'the price lists of AWS as kept by others in 2025 and 2026 (aws.amazon.com/{dynamodb,lambda,sns,cloudwatch,xray}/pricing)',
} as const;

/** List prices in US dollars, without the free tiers. Change them for your Region and run `npm run bench:cost -- --again`. */
export const PRICES = {
  /** On demand, a million units. */
  writeUnits: 0.625,
  readUnits: 0.125,
  /** Storage and point-in-time recovery, a GB and month. */
  storage: 0.25,
  recovery: 0.2,
  /** Lambda on Arm: a GB-second, and a million invocations. */
  gbSecond: 0.0000133334,
  invocations: 0.2,
  /** Logs, a GB taken in. */
  logs: 0.5,
  /** A million calls of PutMetricData. */
  metricCalls: 10,
  /** A million messages published; their delivery by mail is extra. */
  messages: 0.5,
  /** A million traces recorded. */
  traces: 5,
} as const;

/**
 * How long a service takes to answer, in ms: the servers of the measurement answer no sooner. DynamoDB: "single-digit
 * milliseconds" (Developer Guide); the others are assumed.
 */
export const LEAST_MS = { dynamodb: 5, others: 100 } as const;

/** A function with so much memory has a whole processor, and with less a share of one (Lambda Developer Guide, "Configure Lambda function memory"). */
export const WHOLE_PROCESSOR_MB = 1_769;

/** START, END and REPORT, which Lambda itself writes for an invocation. */
export const LAMBDA_LOG_BYTES = 400;

/** X-Ray's own rule records the first request of a second and so much of the rest. */
export const TRACED = 0.05;

/** `reconcile` runs every minute. */
export const MINUTES_IN_A_MONTH = 43_800;
