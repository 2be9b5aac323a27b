/** The bytes of standard base64 with its padding (RFC 4648, section 4); undefined for any other text. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is no base64, and takes ends that no encoder writes.
  return bytes.toString('base64') === text ? bytes : undefined;
};

/** The number that a text stands for: decimal digits without a zero before them, at most 2^53 - 1; undefined for any other text. */
export const fromDecimal = (text: string): number | undefined => {
  const number = Number(text);
  return /^(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
};
