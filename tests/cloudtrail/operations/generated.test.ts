import { readFileSync } from 'node:fs';
import { ResourceType } from '@aws-sdk/client-ec2';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { generate, MODEL, membersOf, moduleText } from '../../../scripts/generate-operations.ts';
import { type Meaning, meaningOf, type SkipCode } from '../../../src/cloudtrail/meaning.ts';
import { coverage, UNCREATED, UNENDED } from '../../../src/cloudtrail/operations/coverage.ts';
import { CURATED_CREATIONS, CURATED_ENDINGS } from '../../../src/cloudtrail/operations/curated.ts';
import { CREATIONS, ENDINGS, TYPES } from '../../../src/cloudtrail/operations/generated.ts';
import {
  type Creates,
  mayCreate,
  OPERATIONS,
  operationOf,
} from '../../../src/cloudtrail/operations/operations.ts';
import { MAKES_NOTHING } from '../../../src/cloudtrail/operations/without-resource.ts';
import { parseRecord } from '../../../src/cloudtrail/record.ts';
import { TYPES_BY_PREFIX } from '../../../src/events/resource-type.ts';
import { IDS, response, type Shape, sample } from '../../support/cloudtrail/samples.ts';
import { bodyAt, capitalised, type Step, stepsOf } from '../../support/cloudtrail/samples-model.ts';

const test = suite('the whole table');

const TABLE = new URL('../../../src/cloudtrail/operations/generated.ts', import.meta.url);
const SHAPES: readonly Shape[] = ['plain', 'wrapped'];
const OWNER = { key: 'Owner', value: 'ada' };
const MASKED: readonly unknown[] = ['HIDDEN_DUE_TO_SECURITY_REASONS', '', 'i-***', '****', 7, null, {}];

const meaning = (eventName: string, over: Readonly<Record<string, unknown>> = {}): Meaning =>
  meaningOf(parseRecord(sample(eventName, over)));
const code = (found: Meaning): SkipCode | string => (found.kind === 'nothing' ? found.code : found.kind);
/** `type/id` of all that was made or ended. */
const names = (found: Meaning): readonly string[] => {
  if (found.kind === 'nothing') throw new Error(`nothing: ${found.reason}`);
  const identities = found.kind === 'creation' ? found.resources.map((r) => r.identity) : found.resources;
  return identities.map(({ type, id }) => `${type}/${id}`);
};
const idsOf = (type: string): readonly [string, string] => IDS[type] ?? ['', ''];
const named = (type: string, ids: readonly string[]): readonly string[] => ids.map((id) => `${type}/${id}`);

/** The steps of a path; a list in a plain request, which CloudTrail names as no model does, ends in `Set`. */
const steps = (operation: string, body: 'request' | 'response', path: string): readonly Step[] =>
  stepsOf(operation, body, path) ?? path.split('.').map((name) => ({ name, isList: name.endsWith('Set') }));
const holdsSeveral = (path: readonly Step[]): boolean => path.some(({ isList }) => isList);

/** A request on which the row counts. */
const requestFor = ({ onlyIf }: Creates): object | null =>
  onlyIf
    ? bodyAt(
        onlyIf.path.split('.').map((name) => ({ name, isList: false })),
        [onlyIf.is],
        'plain',
      )
    : null;

test('the generated table is what the pinned SDK gives: npx tsx scripts/generate-operations.ts', () => {
  const made = generate();
  assert.equal([TYPES, CREATIONS, ENDINGS], [made.types, made.creations, made.endings]);
  assert.is(readFileSync(TABLE, 'utf8'), moduleText(made));
});

test('every ResourceType of the SDK is covered, or it is said why not', () => {
  const { types } = coverage();
  assert.equal(
    types.map(({ type }) => type),
    Object.values(ResourceType).sort(),
  );
  const without = (list: 'creates' | 'ends') =>
    types.filter((one) => !one[list].length).map(({ type }) => type);
  assert.equal(
    without('creates'),
    UNCREATED.map(({ type }) => type),
  );
  assert.equal(without('ends'), [...UNCREATED, ...UNENDED].map(({ type }) => type).sort());
  for (const { creates, ends, reason } of types) {
    assert.is(reason === undefined, creates.length > 0 && ends.length > 0);
  }
  assert.ok(types.length - UNCREATED.length >= 106);
  console.log(
    `  ${types.length - UNCREATED.length} of ${types.length} types are made; creations: ${CREATIONS.length} generated, ${CURATED_CREATIONS.length} curated; endings: ${ENDINGS.length} generated, ${CURATED_ENDINGS.length} curated`,
  );
});

test('every operation of the SDK that sounds as if it made something is accounted for', () => {
  const open = [...MODEL.keys()].filter((name) => mayCreate(name) && !operationOf(name));
  // It takes tags, and answers with the source, which is not new.
  assert.equal(open, ['CreateInterruptibleCapacityReservationAllocation']);
  for (const name of MAKES_NOTHING.keys()) {
    assert.ok(MODEL.has(name), name);
    assert.not.ok(operationOf(name), name);
    const takesTags = membersOf(MODEL.get(name)?.input).some((member) =>
      member.name.includes('TagSpecification'),
    );
    assert.not.ok(takesTags, name);
  }
});

test('every operation of the SDK that sounds as if it ended something is accounted for', () => {
  const ENDS_NO_TYPE = `
    CancelBundleTask CancelConversionTask CancelImageLaunchPermission CancelReservedInstancesListing
    DeleteClientVpnEndpointAuthorizationPolicy DeleteClientVpnRoute DeleteCoipCidr
    DeleteIpamRoutingPolicyRegistration DeleteLaunchTemplateVersions DeleteLocalGatewayRoute DeleteNetworkAclEntry
    DeleteNetworkInterfacePermission DeleteRoute DeleteSpotDatafeedSubscription DeleteTags
    DeleteTransitGatewayMeteringPolicyEntry DeleteTransitGatewayPolicyTableEntry
    DeleteTransitGatewayPrefixListReference DeleteTransitGatewayRoute DeleteVpcEndpointConnectionNotifications
    DeleteVpnConnectionRoute DeregisterInstanceEventNotificationAttributes
    DeregisterTransitGatewayMulticastGroupMembers DeregisterTransitGatewayMulticastGroupSources RevokeClientVpnIngress
    TerminateClientVpnConnections`.match(/\w+/g);
  const NAMES_NO_ID = ['DeletePlacementGroup'];
  const open = [...MODEL.keys()].filter(
    (name) => /^(?:Cancel|Delete|Deregister|Release|Revoke|Terminate)[A-Z]/.test(name) && !operationOf(name),
  );
  assert.equal(open, [...(ENDS_NO_TYPE ?? []), ...NAMES_NO_ID].sort());
});

test('what is written by hand has a reason, and is not generated as well', () => {
  const generated = new Set([...CREATIONS, ...ENDINGS].map((row) => row.join(' ')));
  for (const { operation, type, path, because } of CURATED_CREATIONS) {
    assert.match(because, /^\S.{10,}$/);
    assert.not.ok(generated.has([operation, type, path].join(' ')), operation);
  }
  for (const { operation, type, in: body, path, because } of CURATED_ENDINGS) {
    assert.match(because, /^\S.{10,}$/);
    assert.not.ok(generated.has([operation, type, body, path].join(' ')), operation);
  }
});

test('no operation makes some and ends others', () => {
  for (const { operation, creates, ends } of OPERATIONS) assert.not.ok(creates && ends, operation);
});

for (const { operation, service, creates = [] } of OPERATIONS) {
  for (const row of creates) {
    const { type, path, onlyIf, heldByAnother } = row;
    const where = steps(operation, 'response', path);
    const requestParameters = requestFor(row);
    const [id, other] = idsOf(type);
    const answer = (ids: readonly unknown[], shape: Shape, beside = {}) =>
      response(operation, bodyAt(where, ids, shape, beside), shape);
    for (const shape of SHAPES) {
      test(`${operation} makes one ${type} (${path}, ${shape})`, () => {
        const found = meaning(operation, { requestParameters, responseElements: answer([id], shape) });
        assert.equal(found, {
          kind: 'creation',
          cause: { source: 'cloudtrail', id: sample(operation).eventID, name: operation },
          at: '2026-03-31T23:59:00.000Z',
          who: found.kind === 'nothing' ? undefined : found.who,
          resources: [
            {
              identity: { region: 'eu-west-1', account: '111122223333', type, id },
              birthTags: [],
              ...(operation === 'CreateRestoreImageTask' && type === 'image' && { unseenTags: true }),
            },
          ],
        });
      });
      test(`${operation} shows the tags of a ${type} itself, not another's (${path}, ${shape})`, () => {
        const beside = {
          [service === 'ebs' ? 'tags' : 'tagSet']: shape === 'plain' ? { items: [OWNER] } : { item: OWNER },
        };
        const found = meaning(operation, {
          requestParameters,
          responseElements: answer([id], shape, beside),
        });
        assert.equal(
          found.kind === 'creation' && found.resources[0]?.birthTags,
          heldByAnother ? [] : [OWNER],
        );
      });
      if (!holdsSeveral(where)) continue;
      test(`${operation} makes several of type ${type} (${path}, ${shape})`, () => {
        const responseElements = answer([id, other, id, 'HIDDEN'], shape);
        assert.equal(
          names(meaning(operation, { requestParameters, responseElements })),
          named(type, [id, other]),
        );
      });
    }
    test(`${operation} with an id that is masked, cut off or of another type makes nothing (${path})`, () => {
      const hasPrefix = [...TYPES_BY_PREFIX.values()].includes(type);
      const foreign = [type === 'vpc' ? 'i-0a1b' : 'vpc-0a1b', ...(hasPrefix ? ['r-0a1b2c3d'] : [])];
      for (const bad of [...MASKED, { content: [id] }, ...foreign]) {
        const responseElements = answer([bad], 'plain');
        assert.is(code(meaning(operation, { requestParameters, responseElements })), 'no-id', String(bad));
      }
    });
    if (onlyIf) {
      test(`${operation} makes no ${type} unless its request says so`, () => {
        assert.is(code(meaning(operation, { responseElements: answer([id], 'plain') })), 'no-id');
      });
    }
  }
}

for (const { operation, ends = [] } of OPERATIONS) {
  for (const { type, path, in: body, where: only } of ends) {
    const where = steps(operation, body, path);
    const [id, other] = idsOf(type);
    const beside = only ? { [only.member]: only.is } : {};
    if (body === 'response') {
      for (const shape of SHAPES) {
        const answer = (ids: readonly string[]) => ({
          responseElements: response(operation, bodyAt(where, ids, shape, beside), shape),
        });
        test(`${operation} ends the ${type} that its response names (${path}, ${shape})`, () => {
          assert.equal(names(meaning(operation, answer([id]))), named(type, [id]));
        });
        if (!holdsSeveral(where)) continue;
        test(`${operation} ends each ${type} that its response names (${path}, ${shape})`, () => {
          assert.equal(names(meaning(operation, answer([id, other, id]))), named(type, [id, other]));
        });
      }
      continue;
    }
    test(`${operation} ends one ${type} (plain)`, () => {
      const found = meaning(operation, { requestParameters: bodyAt(where, [id], 'plain') });
      assert.is(found.kind, 'ending');
      assert.equal(names(found), named(type, [id]));
    });
    test(`${operation} ends the ${type} of a wrapped request, whatever the wrapper is called`, () => {
      for (const wrapper of [`${operation}Request`, 'DelTypeReq']) {
        for (const form of ['wrapped', 'numbered'] as const) {
          const requestParameters = { [wrapper]: bodyAt(capitalised(where), [id], form) };
          assert.equal(names(meaning(operation, { requestParameters })), named(type, [id]));
        }
        const scalar = capitalised(where.map(({ name }) => ({ name, isList: false })));
        const requestParameters = { [wrapper]: bodyAt(scalar, [{ tag: 1, content: id }], 'plain') };
        assert.equal(names(meaning(operation, { requestParameters })), named(type, [id]));
      }
    });
    if (holdsSeveral(where)) {
      test(`${operation} ends several of type ${type}`, () => {
        for (const form of ['plain', 'wrapped', 'numbered'] as const) {
          const request = bodyAt(form === 'plain' ? where : capitalised(where), [id, other, id], form);
          const requestParameters = form === 'plain' ? request : { AnyReq: request };
          assert.equal(names(meaning(operation, { requestParameters })), named(type, [id, other]), form);
        }
      });
    }
    test(`${operation} without a usable id ends nothing (${type})`, () => {
      for (const requestParameters of [null, '', {}, ...MASKED.map((bad) => bodyAt(where, [bad], 'plain'))]) {
        assert.is(code(meaning(operation, { requestParameters })), 'no-id');
      }
    });
  }
}

test.run();
