/** Four tags, as `TAG_RULES`: two that name who made the resource, and two that are the same everywhere. */
export const FOUR_TAGS = JSON.stringify({
  Owner: '{who.name}',
  CreatedBy: '{who.arn}',
  CostCenter: '4711',
  Environment: 'production',
});
