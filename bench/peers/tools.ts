import { virtualEnvironment } from '../../tests/conformance/servers/virtual-environment.ts';

/** What a tool is given for its job. */
interface Job {
  /** A CloudTrail log file that tells of the new instances. */
  readonly trail: string;
  /** A folder for what it writes. */
  readonly folder: string;
  /** `--ledger` of two empty tables. */
  readonly ledger: string;
}

/** A way to tag new instances: commands that are run one after another, in the same environment. */
export interface Tool {
  readonly name: string;
  readonly commands: (job: Job) => readonly (readonly string[])[];
}

const REQUIREMENTS = 'bench/peers/requirements.txt';
const POLICY = 'bench/peers/policy.yml';

/** The three ways, with Cloud Custodian installed where it was not. */
export const tools = async (): Promise<readonly Tool[]> => {
  const folderOfCustodian = await virtualEnvironment('cloud-custodian', REQUIREMENTS);
  const tagledger = [process.execPath, 'dist/tagledger.js'];
  const custodian = [`${folderOfCustodian}/bin/custodian`, 'run'];
  return [
    {
      name: 'tagledger',
      commands: ({ trail, ledger, folder }) => [
        [
          ...tagledger,
          'ingest',
          trail,
          '--request-tags',
          '--ledger',
          ledger,
          '--rejects',
          `${folder}/rejected`,
        ],
        [...tagledger, 'consume', '--once', '--ledger', ledger, '--dropped', `${folder}/dropped`],
      ],
    },
    {
      name: 'Cloud Custodian',
      commands: ({ folder }) => [
        // It would take the fleet of the last quarter of an hour from its cache.
        [...custodian, '-s', `${folder}/out`, '-f', `${folder}/cache`, '--cache-period', '0', POLICY],
      ],
    },
    {
      name: 'a call for each',
      commands: ({ trail }) => [[process.execPath, 'bench/peers/one-call-each.mjs', trail]],
    },
  ];
};
