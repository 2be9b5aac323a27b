import type { GapIncident, RecordedGap } from '../incident.ts';
import { type Alert, counted, oneLine, SAMPLES, subjectOf } from './alert-text.ts';

/** How many characters of a name are shown. */
const NAME_LENGTH = 200;

/**
 * The alert about calls whose resources are not known: which calls, by whom, what is missing, and what to do.
 */
export const gapAlert = ({ account, region, events }: GapIncident): Alert => {
  const many = counted(events.length, 'call');
  const samples = events.slice(0, SAMPLES);
  const [{ stream, event }] = samples as [RecordedGap];
  return {
    subject: subjectOf(`tagledger: ${many} with unknown resources: ${nameOf(event)} in ${account} ${region}`),
    message: [
      `${many} in account ${account}, Region ${region}, created resources that tagledger does not know: none of them was tagged.`,
      '',
      `Calls (${samples.length} of ${events.length}):`,
      ...samples.flatMap(callLines),
      '',
      'What to do: Find the resources, and ask for their tags.',
      '  1. Look at the call for its client token and its time:',
      `       aws cloudtrail lookup-events --region ${region} --lookup-attributes AttributeKey=EventId,AttributeValue=${oneLine(event.cause.id, NAME_LENGTH)}`,
      '  2. Find what it created by the client token, or by the reservation:',
      `       aws ec2 describe-instances --region ${region} --filters Name=client-token,Values=TOKEN`,
      `       aws ec2 describe-instances --region ${region} --filters Name=reservation-id,Values=RESERVATION`,
      '  3. Write a line for each resource into a file, and read it with `tagledger ingest --request-tags FILE`:',
      `       {"resourceId":"arn:aws:ec2:${region}:${account}:instance/ID","user":"USER"}`,
      '',
      'Look further:',
      `  tagledger history ${stream}`,
      '  tagledger list --status gap',
    ].join('\n'),
  };
};

const callLines = ({ event }: RecordedGap): string[] => {
  const { who, cause, effectiveAt, reason } = event;
  return [
    `  ${nameOf(event)} by ${oneLine(who.name, NAME_LENGTH)}${who.arn ? ` (${oneLine(who.arn, NAME_LENGTH)})` : ''} at ${effectiveAt}, event ${oneLine(cause.id, NAME_LENGTH)}`,
    `    ${oneLine(reason)}`,
  ];
};

const nameOf = ({ cause }: RecordedGap['event']): string => oneLine(cause.name ?? 'a call', NAME_LENGTH);
