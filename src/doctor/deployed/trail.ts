import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  type GetEventSelectorsCommandOutput,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { type Diagnosis, fine, unknown, why, wrong } from '../diagnosis.ts';

/** The configuration of a trail. */
export interface TrailFacts {
  readonly name: string;
  /** Whether it records the calls of this Region. */
  readonly isHere: boolean;
  readonly isLogging: boolean;
  /** Whether it logs management events that write. */
  readonly logsWrites: boolean;
  /** Why `isLogging` and `logsWrites` could not be read, as for a trail of the organization. */
  readonly problem?: string;
}

/**
 * Reads the configuration of all trails. Needs `cloudtrail:DescribeTrails`, `GetTrailStatus` and
 * `GetEventSelectors`.
 */
export const trailFacts = async (
  client: Pick<CloudTrailClient, 'send'>,
  region: string,
): Promise<readonly TrailFacts[]> => {
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: true }));
  return Promise.all(
    trailList.map(async ({ TrailARN, Name = TrailARN ?? '', HomeRegion, IsMultiRegionTrail }) => {
      const about = { name: Name, isHere: IsMultiRegionTrail === true || HomeRegion === region };
      try {
        const { IsLogging = false } = await client.send(new GetTrailStatusCommand({ Name: TrailARN }));
        const selectors = await client.send(new GetEventSelectorsCommand({ TrailName: TrailARN }));
        return { ...about, isLogging: IsLogging, logsWrites: logsWrites(selectors) };
      } catch (error) {
        return { ...about, isLogging: false, logsWrites: false, problem: why(error) };
      }
    }),
  );
};

const logsWrites = ({
  EventSelectors = [],
  AdvancedEventSelectors = [],
}: Pick<GetEventSelectorsCommandOutput, 'EventSelectors' | 'AdvancedEventSelectors'>): boolean =>
  EventSelectors.some(
    ({ IncludeManagementEvents, ReadWriteType }) => IncludeManagementEvents && ReadWriteType !== 'ReadOnly',
  ) ||
  AdvancedEventSelectors.some(({ FieldSelectors = [] }) => {
    const has = (field: string, value: string) =>
      FieldSelectors.some(({ Field, Equals = [] }) => Field === field && Equals.includes(value));
    return has('eventCategory', 'Management') && !has('readOnly', 'true');
  });

/** Checks that a trail logs the calls that write. Without such a trail, EventBridge receives none of them. */
export const trail = (trails: readonly TrailFacts[]): Diagnosis => {
  const here = trails.filter(({ isHere }) => isHere);
  const good = here.find(({ isLogging, logsWrites }) => isLogging && logsWrites);
  if (good) return fine('trail', `${good.name} logs the calls that write`);
  const hidden = here.find(({ problem }) => problem);
  if (hidden) return unknown('trail', `${hidden.name}: ${hidden.problem}`, 'ask whoever owns the trail');
  const [stopped] = here.filter(({ isLogging }) => !isLogging);
  if (stopped) {
    return wrong(
      'trail',
      `${stopped.name} does not log`,
      `aws cloudtrail start-logging --name ${stopped.name}`,
    );
  }
  return wrong(
    'trail',
    here.length > 0
      ? `${here[0]?.name} logs no management events that write`
      : 'no trail takes in the calls of this Region, so EventBridge hears of none',
    'aws cloudtrail create-trail --name NAME --s3-bucket-name BUCKET --is-multi-region-trail',
  );
};
