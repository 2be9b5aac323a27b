import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { contextOfApp } from '../../infra/config.ts';
import { TaggingLedger } from '../../infra/tagging-ledger.ts';
import { templates } from '../../infra/templates.ts';

/** The properties of a resource, of which each type has its own. */
// biome-ignore lint/suspicious/noExplicitAny: a template has no types, and the tests look at what they name
export type Properties = Readonly<Record<string, any>>;

/** A resource of a template. */
interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
  readonly Condition?: string;
}

/** A synthesised template; what refers to something else in it is a readable text. */
export interface Template {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly parameters: Readonly<Record<string, { readonly Default?: string }>>;
  /** The resources of a type, by their logical ids. */
  of(type: string): readonly (readonly [id: string, resource: Resource])[];
  /** The properties of the one resource of a type whose logical id is this. */
  the(type: string, id: string): Properties;
}

type Name = 'ledger' | 'hub' | 'member' | 'all';

/**
 * The templates as `npm run synth` writes them, and `all`: a ledger with everything switched on that can be. They are
 * made once for a process, when they are first asked for.
 */
export const template = (name: Name): Template => made()[name];

/** The app with all of their constructs. */
export const app = () => made().app;

let synthesised: ReturnType<typeof synthesise> | undefined;

const made = () => {
  synthesised ??= synthesise();
  return synthesised;
};

const synthesise = () => {
  const { app, ledger, hub, member } = templates({
    ...contextOfApp(),
    tagledger: { rules: { Owner: '{who.name}', CostCenter: '4711' } },
  });
  const all = new Stack(app, 'tagledger-all', { analyticsReporting: false });
  const code = Bucket.fromBucketName(all, 'Code', 'code') as IBucket;
  new TaggingLedger(all, 'Ledger', {
    rules: '{"Owner":"{who.name}"}',
    tagKeys: ['Owner', 'Project'],
    code: (fn) => Code.fromBucketV2(code, `${fn}.zip`),
    name: 'tags',
    alertEmails: ['ops@example.com'],
    members: { accounts: ['444455556666', '777788889999'], externalId: 'x-1' },
    recordAll: false,
    joinIdentities: true,
    heal: true,
    eventFormat: 2,
    writers: ['arn:aws:iam::111122223333:role/platform'],
    tableEncryption: 'aws-managed',
    lockDays: 7,
    runbook: 'https://wiki.example.com/tagledger',
    settings: { ALERT_QUIET_MINUTES: 30, RETRY_ATTEMPTS: 5, HEAL_LIMIT: 2 },
  });
  const assembly = app.synth();
  const read = (stack: Stack) => templateOf(assembly.getStackByName(stack.stackName).template);
  return { app, ledger: read(ledger), hub: read(hub), member: read(member), all: read(all) };
};

/** A template of CDK's, made readable. */
export const templateOf = (json: Properties): Template => {
  const resources = new Map<string, Resource>(
    Object.entries(json.Resources).map(([id, resource]) => [plain(id), readable(resource) as Resource]),
  );
  const of: Template['of'] = (type) => [...resources].filter(([, resource]) => resource.Type === type);
  return {
    resources,
    parameters: json.Parameters ?? {},
    of,
    the: (type, id) => {
      const found = resources.get(id);
      if (found?.Type !== type)
        throw new Error(`${id} is ${found?.Type}, expected ${type}: it has ${of(type).map(([one]) => one)}`);
      return found.Properties;
    },
  };
};

/** A logical id without the hash that CDK ends it with. */
const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');

/** `{Ref: X}` as `<X>`, an attribute as `<X.Arn>`, a join as the text that it makes. */
const readable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, ...rest } = value as Properties;
  if (Ref) return `<${plain(Ref)}>`;
  if (attribute) return `<${plain(attribute[0])}.${attribute[1]}>`;
  if (join) return join[1].map(readable).join(join[0]);
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, readable(inner)]));
};
