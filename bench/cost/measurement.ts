import * as v from 'valibot';

const figure = v.pipe(v.number(), v.minValue(0));

/** What the invocations of one function took. */
const TookSchema = v.object({
  invocations: figure,
  /** How long a processor was busy. */
  processorSeconds: figure,
  /** How long some call was under way, if each took as long as in AWS. */
  waitingSeconds: figure,
  logBytes: figure,
});
export type Took = v.InferOutput<typeof TookSchema>;

/** What was counted while a number of resources went through the functions. */
const RunSchema = v.object({
  name: v.string(),
  resources: figure,
  writeUnits: figure,
  readUnits: figure,
  /** By `service:Operation`, those of DynamoDB left out. */
  calls: v.record(v.string(), figure),
  functions: v.record(v.string(), TookSchema),
  /** What both tables hold of these resources. */
  tableBytes: figure,
});
export type Run = v.InferOutput<typeof RunSchema>;

/** How a function was set up when it was measured, and the most memory that it held. */
const SetUpSchema = v.object({
  memoryMb: figure,
  batchSize: v.optional(figure),
  windowSeconds: v.optional(figure),
  peakMb: figure,
});

/** What `npm run bench:cost` measures, as bench/cost/measured.json keeps it. */
export const MeasurementSchema = v.object({
  date: v.string(),
  machine: v.string(),
  functions: v.record(v.string(), SetUpSchema),
  runs: v.array(RunSchema),
  /** Invocations of `reconcile` that find nothing to do. */
  idle: RunSchema,
});
export type Measurement = v.InferOutput<typeof MeasurementSchema>;
