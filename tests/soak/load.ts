import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Maker } from '../conformance/resources.ts';
import type { Chance } from '../simulation/chance.ts';
import type { Personal } from '../simulation/scenario.ts';
import { sample } from '../support/cloudtrail/samples.ts';
import { launch, tagging } from '../support/cloudtrail/trail.ts';

/** What people do, one second after another. */
export interface Load {
  /** Lets people act once; gives what CloudTrail tells of it, some of it twice. */
  second(): Promise<unknown[]>;
  /** What people did to tags, in order. */
  readonly personal: readonly Personal[];
  /** How many resources were made. */
  readonly made: () => number;
}

const PEOPLE = ['ada', 'bob', 'cyn'];
/** People leave a new resource alone for so long: what is younger CloudTrail's whole seconds cannot put in order. */
const LEFT_ALONE_MS = 5_000;

/** A steady life of launches, volumes and changed tags; now and then a record tells of a volume that is not there. */
export const load = (make: Maker, ec2: EC2Client, dice: Chance): Load => {
  const personal: Personal[] = [];
  const living: { readonly id: string; readonly since: number }[] = [];
  let count = 0;
  const about = (name: string) => ({
    eventID: `soak-${process.pid}-${++count}`,
    eventTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    userIdentity: { type: 'IAMUser', userName: name, arn: `arn:aws:iam::111122223333:user/${name}` },
  });
  const volumeRecord = (volumeId: string) =>
    sample('CreateVolume', { ...about(dice.pick(PEOPLE)), responseElements: { volumeId } });

  const changeTag = async (id: string): Promise<unknown> => {
    const [who, key] = [dice.pick(PEOPLE), dice.pick(['Owner', 'Name'])];
    const value = `${who} ${++count}`;
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: value }] }));
    personal.push({ id, key, value, at: Date.now() });
    return tagging(id, { [key]: value }, about(who));
  };

  return {
    personal,
    made: () => living.length,
    async second() {
      const instances = await make.instances(3);
      const volume = await make.volume();
      const old = living.filter(({ since }) => Date.now() - since > LEFT_ALONE_MS);
      for (const id of [...instances, volume]) living.push({ id, since: Date.now() });
      const records = [launch(instances, about(dice.pick(PEOPLE))), volumeRecord(volume)];
      if (old.length > 0 && dice.happens(0.5)) records.push((await changeTag(dice.pick(old).id)) as never);
      if (dice.happens(0.1)) records.push(volumeRecord(`vol-0${(++count).toString(16).padStart(16, '0')}`));
      return records.flatMap((record) => (dice.happens(0.2) ? [record, record] : [record]));
    },
  };
};
