/** For each byte, the remainder of the polynomial of RFC 1952, section 8. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/**
 * The CRC-32 of more bytes, given that of the bytes before them; 0 for no bytes. Node 20.15 has its own, and
 * this package runs on Node 20.12.
 */
export const crc32 = (bytes: Uint8Array, before: number): number => {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return ~crc >>> 0;
};
