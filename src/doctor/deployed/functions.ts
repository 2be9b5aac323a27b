import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { FUNCTION_NAMES } from '../../shared/function-names.ts';
import { allOf, type Diagnosis } from '../diagnosis.ts';
import { type Names, nameOf } from './names.ts';

/** The configuration of each function, by the end of its name. Functions that do not exist are absent. */
export type Configurations = ReadonlyMap<string, FunctionConfiguration>;

type Client = Pick<LambdaClient, 'send'>;

/** Reads the configurations of the functions. Needs `lambda:GetFunctionConfiguration`. */
export const configurations = async (client: Client, names: Names): Promise<Configurations> => {
  const found = new Map<string, FunctionConfiguration>();
  for (const one of FUNCTION_NAMES) {
    try {
      const FunctionName = nameOf(names, one);
      found.set(one, await client.send(new GetFunctionConfigurationCommand({ FunctionName })));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
  return found;
};

/** Checks that all functions exist, can run, and use this ledger. */
export const functions = (found: Configurations, names: Names): readonly Diagnosis[] =>
  allOf(
    'functions',
    `all ${FUNCTION_NAMES.length} are there and can run`,
    FUNCTION_NAMES.flatMap((one): Parameters<typeof allOf>[2] => {
      const name = nameOf(names, one);
      const { State, LastUpdateStatus, StateReason = '', Environment } = found.get(one) ?? {};
      if (!found.has(one)) return [[false, `there is no function ${name}`, 'npx cdk deploy']];
      const table = Environment?.Variables?.LEDGER_TABLE;
      return [
        [
          State === 'Active' && LastUpdateStatus !== 'Failed',
          `${name} is ${State}, its last update ${LastUpdateStatus}: ${StateReason}`,
          'npx cdk deploy',
        ],
        [
          table === names.ledger,
          `${name} works on the table ${table} in place of ${names.ledger}`,
          'see docs/restore.md, “Change over”',
        ],
      ];
    }),
  );

/** Reads which functions the ledger's change feed invokes. Needs `lambda:ListEventSourceMappings`. */
export const mappingsOf = async (
  client: Client,
  EventSourceArn: string | undefined,
): Promise<readonly EventSourceMappingConfiguration[]> =>
  (await client.send(new ListEventSourceMappingsCommand({ EventSourceArn }))).EventSourceMappings ?? [];

const READERS = ['apply', 'project'] as const;

/**
 * Checks that the change feed invokes both of its consumers and that they report failures record by record.
 */
export const mappings = (
  found: readonly EventSourceMappingConfiguration[],
  names: Names,
): readonly Diagnosis[] =>
  allOf(
    'change feed',
    'the ledger’s stream feeds apply and project',
    READERS.flatMap((one): Parameters<typeof allOf>[2] => {
      const name = nameOf(names, one);
      const mapping = found.find(({ FunctionArn }) => FunctionArn?.endsWith(`:${name}`));
      if (!mapping) return [[false, `${name} is not fed by the ledger’s stream`, 'npx cdk deploy']];
      const { UUID, State = '', FunctionResponseTypes = [], LastProcessingResult = '' } = mapping;
      return [
        [
          ['Enabled', 'Enabling', 'Updating'].includes(State),
          `the mapping of ${name} is ${State}: nothing comes to it`,
          `aws lambda update-event-source-mapping --uuid ${UUID} --enabled`,
        ],
        [
          !LastProcessingResult.startsWith('PROBLEM'),
          `the mapping of ${name} says ${LastProcessingResult}`,
          `aws logs tail /aws/lambda/${name} --since 1h --filter-pattern '{ $.level = "ERROR" }'`,
        ],
        [
          FunctionResponseTypes.includes('ReportBatchItemFailures'),
          `the mapping of ${name} does not report failures record by record: one that fails fails its batch`,
          `aws lambda update-event-source-mapping --uuid ${UUID} --function-response-types ReportBatchItemFailures`,
        ],
      ];
    }),
  );
