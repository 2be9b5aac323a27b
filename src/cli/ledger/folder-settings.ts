import type { FolderMode, Marker } from '../../embedded/ledger-folder.ts';
import type { ObservedOptions } from '../../embedded/observed-pipeline.ts';
import type { PipelineOptions } from '../../embedded/pipeline.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import { type Env, isOn } from '../../handlers/runtime/settings.ts';
import type { InterpretationContext } from '../../intake/interpret.ts';
import { InvalidInputError } from '../../shared/errors.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';

/** The built-in example of tag rules, for `plan` and for a simulated ledger. */
export const EXAMPLE_TAG_RULES = JSON.stringify({
  Owner: '{who.name}',
  CreatedBy: '{who.arn}',
  CreatedAt: '{event.time}',
});

/** The marker of a new ledger in a folder, with the settings from the current environment. */
export const newMarker = (env: Env, mode: FolderMode): Marker => {
  const settings = settingsIn(env);
  const { TAG_RULES: _, TAG_CHILDREN: __, ...observing } = settings;
  return {
    tagledger: 2,
    demo: false,
    mode,
    settings: {
      EVENT_FORMAT: '2',
      ...(mode === 'observed' ? observing : { TAG_RULES: EXAMPLE_TAG_RULES, ...settings }),
    },
  };
};

/** The rules of a plan or of a simulated ledger, as text: from the environment, or else from its marker. */
export const tagRulesOf = (env: Env, marker?: Marker): string =>
  env.TAG_RULES || marker?.settings.TAG_RULES || EXAMPLE_TAG_RULES;

/** What is said where the rules are those that nobody chose; undefined for others. */
export const exampleRulesText = (env: Env, marker?: Marker): string | undefined =>
  tagRulesOf(env, marker) === EXAMPLE_TAG_RULES
    ? 'tag rules: the built-in example, because TAG_RULES is not set'
    : undefined;

/**
 * How a ledger interprets records. The rules and the role come from the environment, or else from the marker of a
 * folder. An observed ledger has no rules; without rules nothing is requested.
 */
export const interpretationContextOf = (env: Env, marker?: Marker): InterpretationContext => {
  const { TAG_RULES, TAGGER_ROLE_ARN: taggerRoleArn } = { ...marker?.settings, ...settingsIn(env) };
  const hasRules = TAG_RULES !== undefined && marker?.mode !== 'observed';
  return {
    rules: hasRules ? parseTagRules(TAG_RULES) : undefined,
    ...(taggerRoleArn && { taggerRoleArn }),
  };
};

/** The format of events appended to a folder's ledger: from the environment, or else from its marker. */
export const eventFormatOf = (env: Env, { settings }: Marker): EventFormat =>
  readEventFormat({ ...settings, ...settingsIn(env) });

/** The pipeline settings of an observed ledger in a folder: from the environment, or else from its marker. */
export const observedOptionsOf = (env: Env, marker: Marker): Omit<ObservedOptions, 'folder'> => {
  const { rules: _, ...context } = interpretationContextOf(env, marker);
  return { ...context, ...identitySettings(env, marker), eventFormat: eventFormatOf(env, marker) };
};

/**
 * The pipeline settings of a simulated ledger in a folder: from the environment, or else from its marker. Throws an
 * `InvalidInputError` for invalid ones, and for format 1, in which no event can say that it is simulated.
 */
export const simulatedOptionsOf = (env: Env, marker: Marker): Omit<PipelineOptions, 'folder'> => {
  if (env.EVENT_FORMAT && readEventFormat(env) === 1)
    throw new InvalidInputError(
      'EVENT_FORMAT is 1, in which an event cannot say that it is simulated. Leave it out for a simulated ledger.',
    );
  return {
    ...interpretationContextOf(env, marker),
    ...identitySettings(env, marker),
    rules: parseTagRules(tagRulesOf(env, marker)),
    tagChildren: isOn({ ...marker.settings, ...settingsIn(env) }, 'TAG_CHILDREN'),
  };
};

const identitySettings = (env: Env, marker: Marker) => ({
  joinIdentities: isOn(env, 'IDENTITY_JOIN'),
  hashIdentities: isOn({ ...marker.settings, ...settingsIn(env) }, 'HASH_IDENTITIES'),
});

const settingsIn = ({
  TAG_RULES,
  TAGGER_ROLE_ARN,
  TAG_CHILDREN,
  HASH_IDENTITIES,
  EVENT_FORMAT,
}: Env): Partial<Marker['settings']> => ({
  ...(TAG_RULES && { TAG_RULES }),
  ...(TAGGER_ROLE_ARN && { TAGGER_ROLE_ARN }),
  ...(TAG_CHILDREN && { TAG_CHILDREN }),
  ...(HASH_IDENTITIES && { HASH_IDENTITIES }),
  ...(EVENT_FORMAT && { EVENT_FORMAT }),
});
