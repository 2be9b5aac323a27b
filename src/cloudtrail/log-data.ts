import { gunzipSync } from 'node:zlib';
import { InvalidInputError } from '../shared/errors.ts';

/** Lambda accepts 6 MB, and log messages shrink to about a tenth. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Decodes what CloudWatch Logs, Kinesis and Firehose carry as text: base64 of JSON, gzipped or not. Throws an
 * `InvalidInputError` for other text. Source: Amazon CloudWatch Logs user guide, "Real-time processing of log data
 * with subscriptions".
 */
export const decodeLogData = (text: string, where: string): unknown => {
  try {
    const bytes = Buffer.from(text, 'base64');
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return JSON.parse((isGzip ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8'));
  } catch (error) {
    throw new InvalidInputError(
      `${where} is not the JSON of an event in base64, gzipped or not. Check what sends it.`,
      { cause: error },
    );
  }
};
