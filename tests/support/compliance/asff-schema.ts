import * as v from 'valibot';

/**
 * The parts of the AWS Security Finding Format that tagledger writes, with the limits of the Security Hub API reference
 * (AwsSecurityFinding, FindingProviderFields, Resource, Compliance, StatusReason, Severity) and of its user guide
 * (required top-level attributes; ProductFields: at most 50, keys of 128 and values of 2,048 characters). Unknown
 * members are refused.
 */
const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most), v.regex(/\S/));
const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/),
);

/** `namespace/category/classifier`; these are the namespaces and, of the one used here, the categories. */
const TypeSchema = v.pipe(
  v.string(),
  v.regex(
    /^(?:Software and Configuration Checks\/(?:Vulnerabilities|AWS Security Best Practices|Industry and Regulatory Standards)|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(?:\/[^/]+){0,2}$/,
  ),
);
const SeveritySchema = v.strictObject({
  Label: v.picklist(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
});
const Types = v.pipe(v.array(TypeSchema), v.minLength(1), v.maxLength(50));

export const AsffSchema = v.strictObject({
  SchemaVersion: v.literal('2018-10-08'),
  Id: text(512),
  ProductArn: v.pipe(
    text(2_048),
    v.regex(/^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:\d{12}:product\/[^/]+\/[^/]+$/),
  ),
  GeneratorId: text(512),
  AwsAccountId: v.pipe(v.string(), v.regex(/^\d{12}$/)),
  Types,
  CreatedAt: instant,
  UpdatedAt: instant,
  Severity: SeveritySchema,
  Title: text(256),
  Description: text(1_024),
  FindingProviderFields: v.strictObject({ Severity: SeveritySchema, Types }),
  ProductFields: v.pipe(
    v.record(text(128), text(2_048)),
    v.check((fields) => Object.keys(fields).length <= 50),
  ),
  Resources: v.pipe(
    v.array(
      v.strictObject({
        Type: v.pipe(v.string(), v.regex(/^(?:Other|AwsEc2[A-Za-z]+)$/)),
        Id: text(512),
        Partition: v.optional(v.picklist(['aws', 'aws-cn', 'aws-us-gov'])),
        Region: text(16),
        Tags: v.optional(v.record(text(128), text(256))),
      }),
    ),
    v.minLength(1),
    v.maxLength(32),
  ),
  Compliance: v.strictObject({
    Status: v.picklist(['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE']),
    StatusReasons: v.array(v.strictObject({ ReasonCode: text(100), Description: text(1_024) })),
  }),
  RecordState: v.picklist(['ACTIVE', 'ARCHIVED']),
});

/** A request of BatchImportFindings: 1 to 100 findings. */
export const BatchSchema = v.strictObject({
  Findings: v.pipe(v.array(AsffSchema), v.minLength(1), v.maxLength(100)),
});
