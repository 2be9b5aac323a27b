import { sortedTags, type Tag } from '../../events/tag.ts';
import type { TagNote } from '../../events/tag-event.ts';
import { fitValue } from './tag-limits.ts';
import type { TagRule, TagRules } from './tag-rules.ts';
import { type FieldValues, fill } from './template.ts';

/** The tags that the rules set on one resource. */
export interface Expanded {
  /** Sorted by key. */
  readonly tags: readonly Tag[];
  readonly overwrite: readonly string[];
  /** Tags that were left out because a field has no value, and values that were cut. */
  readonly notes: readonly TagNote[];
  /** Whether any rule applies to this type of resource. */
  readonly covered: boolean;
}

/** Fills in the rules for this type of resource. A tag whose field has no value is left out, with a note. */
export const expandTags = ({ rules }: TagRules, type: string, values: FieldValues): Expanded => {
  const tags: Tag[] = [];
  const notes: TagNote[] = [];
  const overwrite: string[] = [];
  const meant = rules.filter((rule) => isFor(rule, type));
  for (const { key, template, overwrite: mayReplace } of meant) {
    const text = fill(template, values);
    if (text === undefined) {
      notes.push({ key, note: 'missing-field' });
      continue;
    }
    const value = fitValue(text);
    if (value.length < text.length) notes.push({ key, note: 'cut' });
    if (mayReplace) overwrite.push(key);
    tags.push({ key, value });
  }
  return { tags: sortedTags(tags), overwrite, notes, covered: meant.length > 0 };
};

/** Whether any rule applies to this type of resource. */
export const covers = ({ rules }: TagRules, type: string): boolean => rules.some((rule) => isFor(rule, type));

const isFor = ({ include, exclude }: TagRule, type: string): boolean =>
  (!include || include.includes(type)) && !exclude?.includes(type);
