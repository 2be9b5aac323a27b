import type { TextColour } from '../text-style.ts';

const COLOURS: Readonly<Record<string, TextColour>> = {
  violating: 'red',
  failed: 'red',
  tampered: 'red',
  'does not hold': 'red',
  compliant: 'green',
  applied: 'green',
  ok: 'green',
  unknown: 'yellow',
  open: 'yellow',
  retrying: 'yellow',
  gap: 'yellow',
  'not checked': 'yellow',
  unproven: 'yellow',
  claimed: 'yellow',
  own: 'yellow',
  exempt: 'dim',
  retired: 'dim',
};

/** The colour of a status or a verdict, in any case. Of several statuses with commas between them, the last counts. */
export const statusColour = (status: string): TextColour | undefined =>
  COLOURS[status.split(', ').at(-1)?.toLowerCase() ?? ''];
