/** Decodes standard base64 with padding (RFC 4648, section 4); undefined for any other text. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  // Node skips characters that are not base64, and accepts endings that no encoder writes.
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** Parses a decimal number without leading zeros, at most 2^53 - 1; undefined for any other text. */
export const fromDecimal = (text: string): number | undefined => {
  const number = Number(text);
  return /^(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
};
