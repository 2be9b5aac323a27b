/**
 * Makes text safe for a terminal: runs of control, format and other invisible characters, and of line
 * separators, become one space.
 */
export const sanitizeTerminal = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
