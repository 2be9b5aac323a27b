/**
 * The class Compliance Finding of the Open Cybersecurity Schema Framework 1.6.0 with the profile `cloud`, and the objects
 * that tagledger writes in it: every attribute with its type, which ones are required, and the values of enumerations.
 * Source: https://schema.ocsf.io/1.6.0/classes/compliance_finding and https://schema.ocsf.io/1.6.0/objects/...
 */
interface Definition {
  /** `name:type`, a list as `type[]`; types that are no primitive and stand not in the schema are used nowhere here. */
  readonly attributes: string;
  readonly required: readonly string[];
  /** At least one of these must be there. */
  readonly oneOf?: readonly string[];
  readonly enums?: Readonly<Record<string, readonly number[]>>;
}

const OCSF_1_6_0: Readonly<Record<string, Definition>> = {
  compliance_finding: {
    attributes: `
      activity_id:integer activity_name:string api:api category_name:string category_uid:integer
      class_name:string class_uid:integer cloud:cloud comment:string compliance:compliance
      confidence:string confidence_id:integer confidence_score:integer count:integer device:device
      duration:integer end_time:timestamp enrichments:enrichment[] evidences:evidences[]
      finding_info:finding_info message:string metadata:metadata observables:observable[] raw_data:string
      raw_data_hash:fingerprint raw_data_size:integer remediation:remediation resource:resource_details
      resources:resource_details[] severity:string severity_id:integer start_time:timestamp status:string
      status_code:string status_detail:string status_id:integer time:timestamp timezone_offset:integer
      type_name:string type_uid:integer unmapped:object vendor_attributes:vendor_attributes
    `,
    required: [
      'activity_id',
      'category_uid',
      'class_uid',
      'cloud',
      'compliance',
      'finding_info',
      'metadata',
      'severity_id',
      'time',
      'type_uid',
    ],
    enums: {
      activity_id: [0, 1, 2, 3, 99],
      category_uid: [2],
      class_uid: [2003],
      type_uid: [200300, 200301, 200302, 200303, 200399],
      confidence_id: [0, 1, 2, 3, 99],
      severity_id: [0, 1, 2, 3, 4, 5, 6, 99],
      status_id: [0, 1, 2, 3, 4, 5, 6, 99],
    },
  },
  metadata: {
    attributes: `
      correlation_uid:string debug:string[] event_code:string extension:extension extensions:extension[]
      is_truncated:boolean labels:string[] log_level:string log_name:string log_provider:string
      log_version:string logged_time:timestamp loggers:logger[] modified_time:timestamp
      original_time:string processed_time:timestamp product:product profiles:string[] sequence:integer
      tags:key_value_object[] tenant_uid:string transformation_info_list:transformation_info[] uid:string
      untruncated_size:integer version:string
    `,
    required: ['product', 'version'],
  },
  product: {
    attributes: `
      cpe_name:string feature:feature lang:string name:string path:string uid:string url_string:url_t
      vendor_name:string version:string
    `,
    required: [],
    oneOf: ['name', 'uid'],
  },
  cloud: {
    attributes: `
      account:account cloud_partition:string org:organization project_uid:string provider:string
      region:string zone:string
    `,
    required: ['provider'],
  },
  account: {
    attributes: `
      labels:string[] name:string tags:key_value_object[] type:string type_id:integer uid:string
    `,
    required: [],
    oneOf: ['name', 'uid'],
    enums: { type_id: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 99] },
  },
  finding_info: {
    attributes: `
      analytic:analytic attack_graph:graph attacks:attack[] created_time:timestamp data_sources:string[]
      desc:string first_seen_time:timestamp kill_chain:kill_chain_phase[] last_seen_time:timestamp
      modified_time:timestamp product:product product_uid:string related_analytics:analytic[]
      related_events:related_event[] related_events_count:integer src_url:url_t tags:key_value_object[]
      title:string traits:trait[] types:string[] uid:string uid_alt:string
    `,
    required: ['uid'],
  },
  compliance: {
    attributes: `
      assessments:assessment[] category:string checks:check[] compliance_references:kb_article[]
      compliance_standards:kb_article[] control:string control_parameters:key_value_object[] desc:string
      requirements:string[] standards:string[] status:string status_code:string status_detail:string
      status_details:string[] status_id:integer
    `,
    required: [],
    enums: { status_id: [0, 1, 2, 3, 99] },
  },
  resource_details: {
    attributes: `
      agent_list:agent[] cloud_partition:string created_time:timestamp criticality:string data:json_t
      group:group hostname:hostname_t ip:ip_t is_backed_up:boolean labels:string[] modified_time:timestamp
      name:string namespace:string owner:user region:string resource_relationship:graph role:string
      role_id:integer tags:key_value_object[] type:string uid:string uid_alt:string version:string
      zone:string
    `,
    required: [],
    oneOf: ['name', 'uid'],
    enums: { role_id: [0, 1, 2, 3, 4, 99] },
  },
  user: {
    attributes: `
      account:account credential_uid:string display_name:string domain:string email_addr:email_t
      forward_addr:email_t full_name:string groups:group[] has_mfa:boolean ldap_person:ldap_person
      name:string org:organization phone_number:string programmatic_credentials:programmatic_credential[]
      risk_level:string risk_level_id:integer risk_score:integer type:string type_id:integer uid:string
      uid_alt:string
    `,
    required: [],
    oneOf: ['account', 'name', 'uid'],
    enums: { risk_level_id: [0, 1, 2, 3, 4, 99], type_id: [0, 1, 2, 3, 4, 99] },
  },
  remediation: {
    attributes: `
      cis_controls:cis_control[] desc:string kb_article_list:kb_article[] kb_articles:string[] references:string[]
    `,
    required: ['desc'],
  },
  key_value_object: {
    attributes: `
      name:string value:string values:string[]
    `,
    required: ['name'],
    oneOf: ['value', 'values'],
  },
};

/** All that is wrong with an event by the schema, as `path: what`; unknown attributes are wrong as well. */
export const problemsIn = (value: unknown, type = 'compliance_finding', path = '$'): string[] => {
  const definition = OCSF_1_6_0[type];
  if (!definition) return isPrimitive(value, type) ? [] : [`${path}: is no ${type}`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: is no object`];
  const known = new Map(
    definition.attributes
      .trim()
      .split(/\s+/)
      .map((pair) => pair.split(':') as [string, string]),
  );
  const { required, oneOf, enums = {} } = definition;
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${path}.${name}: is missing`),
    ...(oneOf && !oneOf.some((name) => name in value) ? [`${path}: has none of ${oneOf.join(', ')}`] : []),
    ...Object.entries(value).flatMap(([name, member]) => {
      const at = `${path}.${name}`;
      const wanted = known.get(name);
      if (!wanted) return [`${at}: is unknown`];
      if (enums[name] && !enums[name].includes(member))
        return [`${at}: is none of ${enums[name].join(', ')}`];
      if (!wanted.endsWith('[]')) return problemsIn(member, wanted, at);
      if (!Array.isArray(member)) return [`${at}: is no list`];
      return member.flatMap((item, i) => problemsIn(item, wanted.slice(0, -2), `${at}[${i}]`));
    }),
  ];
};

const isPrimitive = (value: unknown, type: string): boolean => {
  if (type === 'string') return typeof value === 'string';
  if (type === 'boolean') return typeof value === 'boolean';
  // The type `object` has no attributes of its own: any are allowed.
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  // `timestamp_t` is a number of milliseconds since 1970.
  return (type === 'integer' || type === 'timestamp') && Number.isSafeInteger(value);
};
