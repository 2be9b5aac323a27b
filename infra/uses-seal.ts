import { on, type Use } from './need.ts';

/** Telling the sealer of new events, by memos in the state table. */
export const tellsSealer: Use = () => ({ env: { SEALING: 'on' } });

/** Signing checkpoints. The key's policy refuses everybody else. */
export const signs: Use = ({ sealKey, logName }) => ({
  env: { SEAL_KEY_ID: sealKey.keyArn, LOG_NAME: logName },
  grants: [on('kms', ['Sign', 'GetPublicKey'], sealKey.keyArn)],
});

/**
 * Writing the sealed log. What was staged is removed once it is sealed, which the lock makes a mark and no
 * loss.
 */
export const writesLog: Use = ({ buckets: { seals } }) => ({
  env: { LOG_BUCKET: seals.bucketName },
  grants: [
    on('s3', ['GetObject', 'PutObject'], seals.arnForObjects('*')),
    on('s3', ['DeleteObject'], seals.arnForObjects('*/staging/*')),
    on('s3', ['ListBucket'], seals.bucketArn),
  ],
});
