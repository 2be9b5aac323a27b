// The plain way: a call of CreateTags for each new instance of a trail, ten at a time.
// `node one-call-each.mjs TRAIL.json.gz`
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';

const AT_ONCE = 10;

const ec2 = new EC2Client();
const { Records } = JSON.parse(gunzipSync(readFileSync(process.argv[2])).toString());
const wanted = Records.filter(
  ({ eventName, errorCode }) => eventName === 'RunInstances' && !errorCode,
).flatMap(({ userIdentity, responseElements }) =>
  responseElements.instancesSet.items.map(({ instanceId }) => ({
    Resources: [instanceId],
    Tags: [
      { Key: 'Owner', Value: userIdentity.arn.split('/').at(-1) },
      { Key: 'CreatedBy', Value: userIdentity.arn },
      { Key: 'CostCenter', Value: '4711' },
      { Key: 'Environment', Value: 'production' },
    ],
  })),
);
const work = async () => {
  for (let input = wanted.pop(); input; input = wanted.pop()) await ec2.send(new CreateTagsCommand(input));
};
await Promise.all(Array.from({ length: AT_ONCE }, work));
