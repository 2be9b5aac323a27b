import { type FileHandle, open, stat } from 'node:fs/promises';

/** A sub-field in the header of a gzip member (RFC 1952, section 2.3.1.1). */
export interface SubField {
  /** Two ASCII characters. */
  readonly id: string;
  readonly data: Buffer;
}

/** The empty gzip members at the beginning of a file. */
export interface LeadingMembers {
  /** Undefined when the extra field of a member is not a list of sub-fields. */
  readonly fields: readonly SubField[] | undefined;
  /** How many bytes they take; the events begin after them. */
  readonly bytes: number;
}

/** Of a member with an extra field and nothing else: no name, no comment, no time. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
const LENGTH_BYTES = 2;
/** An empty deflate block, the checksum of nothing, and its length. */
const EMPTY = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const FIELD_HEAD_BYTES = 4;
/** What the data of one sub-field can have, so that it fits into the 65,535 bytes of an extra field. */
export const MOST_DATA_BYTES = 0xffff - FIELD_HEAD_BYTES;
/** Far more than any header needs; the rest of a longer one is taken for events, and refused as such. */
const MOST_MEMBERS = 4096;

/** An empty gzip member that carries one sub-field. Every gzip reader passes over it. */
export const emptyMember = ({ id, data }: SubField): Buffer => {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16LE(FIELD_HEAD_BYTES + data.length);
  const head = Buffer.alloc(FIELD_HEAD_BYTES);
  head.write(id, 'ascii');
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([HEAD, length, head, data, EMPTY]);
};

/** Reads the empty members at the beginning of a file; none for a file that begins otherwise. */
export const readLeadingMembers = async (path: string): Promise<LeadingMembers> => {
  // Opening a named pipe would wait for somebody who writes to it.
  if (!(await stat(path)).isFile()) return { fields: [], bytes: 0 };
  const file = await open(path);
  try {
    let fields: readonly SubField[] | undefined = [];
    let bytes = 0;
    for (let members = 0; members < MOST_MEMBERS; members++) {
      const extra = await extraAt(file, bytes);
      if (!extra) break;
      const read = subFieldsIn(extra);
      fields = fields && read && [...fields, ...read];
      bytes += HEAD.length + LENGTH_BYTES + extra.length + EMPTY.length;
    }
    return { fields, bytes };
  } finally {
    await file.close();
  }
};

/** The extra field of the empty member at a position; undefined where there is none. */
const extraAt = async (file: FileHandle, position: number): Promise<Buffer | undefined> => {
  const head = await bytesOf(file, position, HEAD.length + LENGTH_BYTES);
  if (!head?.subarray(0, HEAD.length).equals(HEAD)) return undefined;
  const length = head.readUInt16LE(HEAD.length);
  const rest = await bytesOf(file, position + head.length, length + EMPTY.length);
  return rest?.subarray(length).equals(EMPTY) ? rest.subarray(0, length) : undefined;
};

const bytesOf = async (file: FileHandle, position: number, length: number): Promise<Buffer | undefined> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return bytesRead === length ? buffer : undefined;
};

const subFieldsIn = (extra: Buffer): SubField[] | undefined => {
  const fields: SubField[] = [];
  for (let at = 0; at < extra.length; ) {
    if (extra.length - at < FIELD_HEAD_BYTES) return undefined;
    const begin = at + FIELD_HEAD_BYTES;
    const end = begin + extra.readUInt16LE(at + 2);
    if (end > extra.length) return undefined;
    fields.push({ id: extra.toString('latin1', at, at + 2), data: extra.subarray(begin, end) });
    at = end;
  }
  return fields;
};
