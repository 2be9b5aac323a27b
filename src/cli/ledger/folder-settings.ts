import type { Marker } from '../../embedded/ledger-folder.ts';
import type { PipelineOptions } from '../../embedded/pipeline.ts';
import type { EventFormat } from '../../events/tag-event.ts';
import { readEventFormat } from '../../handlers/runtime/event-format.ts';
import { type Env, isOn } from '../../handlers/runtime/settings.ts';
import type { InterpretationContext } from '../../intake/interpret.ts';
import { parseTagRules } from '../../tagging/rules/tag-rules.ts';

/** The tag rules of a new embedded ledger if `TAG_RULES` is not set. */
export const DEFAULT_TAG_RULES = JSON.stringify({
  Owner: '{who.name}',
  CreatedBy: '{who.arn}',
  CreatedAt: '{event.time}',
});

/** The marker of a new embedded ledger, with the settings from the current environment. */
export const newMarker = (env: Env): Marker => ({
  tagledger: 2,
  demo: false,
  settings: { TAG_RULES: DEFAULT_TAG_RULES, EVENT_FORMAT: '2', ...settingsIn(env) },
});

/**
 * How records are interpreted. The rules and the role come from the environment, then from the ledger's
 * marker, then from the defaults.
 */
export const interpretationContextOf = (env: Env, marker: Marker = newMarker(env)): InterpretationContext => {
  const { TAG_RULES, TAGGER_ROLE_ARN: taggerRoleArn } = { ...marker.settings, ...settingsIn(env) };
  return { rules: parseTagRules(TAG_RULES), ...(taggerRoleArn && { taggerRoleArn }) };
};

/** The format of events appended to a folder's ledger: from the environment, or else from its marker. */
export const eventFormatOf = (env: Env, { settings }: Marker): EventFormat =>
  readEventFormat({ ...settings, ...settingsIn(env) });

/** The pipeline settings of a folder's ledger: from the environment, or else from its marker. */
export const pipelineOptionsOf = (
  env: Env,
  marker: Marker,
): Omit<PipelineOptions, 'folder'> & { readonly eventFormat: EventFormat } => {
  const both = { ...marker.settings, ...settingsIn(env) };
  return {
    ...interpretationContextOf(env, marker),
    tagChildren: isOn(both, 'TAG_CHILDREN'),
    joinIdentities: isOn(env, 'IDENTITY_JOIN'),
    hashIdentities: isOn(both, 'HASH_IDENTITIES'),
    eventFormat: eventFormatOf(env, marker),
  };
};

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
