import { type EventBridgeClient, ListRulesCommand, type Rule } from '@aws-sdk/client-eventbridge';
import { capitalized } from '../../shared/text.ts';
import { allOf, type Diagnosis, wrong } from '../diagnosis.ts';
import { type Names, SCHEDULED } from './names.ts';

/** Reads the rules of the account's default event bus. Needs `events:ListRules`. */
export const rulesOf = async (
  client: Pick<EventBridgeClient, 'send'>,
  { prefix }: Names,
): Promise<readonly Rule[]> => {
  const found: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ NamePrefix: `${prefix}-`, NextToken }));
    found.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
};

/** Checks that EventBridge delivers calls to `request` and runs the scheduled functions. */
export const rules = (found: readonly Rule[], { prefix }: Names): readonly Diagnosis[] => {
  const patterns = found.filter(({ EventPattern }) => EventPattern);
  if (patterns.length === 0)
    return [wrong('rules', `no rule ${prefix}-... brings calls from CloudTrail`, 'npx cdk deploy')];
  const scheduleNames = new Set(
    found.flatMap(({ Name = '', ScheduleExpression }) => (ScheduleExpression ? [Name] : [])),
  );
  const missing = SCHEDULED.filter((one) => !scheduleNames.has(`${prefix}-${scheduleOf(one)}`));
  return allOf('rules', `${patterns.length} bring calls, ${scheduleNames.size} are schedules, all enabled`, [
    ...found.map(
      ({ Name, State }) =>
        [
          State?.startsWith('ENABLED') ?? false,
          `the rule ${Name} is ${State}`,
          `aws events enable-rule --name ${Name}`,
        ] as const,
    ),
    [missing.length === 0, `nothing runs ${missing.join(' and ')}: there is no schedule`, 'npx cdk deploy'],
  ]);
};

const scheduleOf = (one: string): string => `${capitalized(one)}Schedule`;
