/** Texts that somebody may put into a name or a tag to be shown as something else than a text. */
export const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ['line breaks', 'no\r\nSubject: all is well\n\nWhat to do: open http://example.com'],
  ['ANSI escapes', '\u001b[2J\u001b[31mno\u001b]0;title\u0007'],
  ['other control characters', 'n\u0000o\u0008\u007f\u0085\u009b31m'],
  ['text that runs backwards', '\u202ewon ton\u2066\u200b'],
  ['line and paragraph separators', 'no\u2028Subject: all is well\u2029What to do: nothing'],
  ['no ASCII', 'é — 否 🔥'],
];

/** Control and format characters and separators of lines, but for the line breaks that the message itself is made of. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
