/** Text for a terminal: what would move the cursor, change colours or begin a new line is shown as a blank. */
export const sanitizeTerminal = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
