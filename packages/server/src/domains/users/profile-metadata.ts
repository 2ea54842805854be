import {
  effectiveProfile,
  impliedAttributes,
  isRequired,
  mayEdit,
  mayView,
  type ProfileAttribute,
  type ProfileRealm,
  type ProfileRole,
} from './user-profile.ts'

/** Where a realm's own profile gives no name. */
const defaultDisplayNames: ReadonlyMap<string, string> = new Map([
  ['username', '${username}'],
  ['email', '${email}'],
])

/**
 * @param isNew whether it is for a user who is yet to be made, whose name can still be chosen
 * @returns the profile as forms need it, of administrators or of the user itself: Keycloak's UserProfileMetadata
 */
export function profileMetadata(realm: ProfileRealm, role: ProfileRole, isNew = false) {
  const { attributes, groups = [] } = effectiveProfile(realm)
  return {
    attributes: attributes
      .filter((attribute) => mayView(attribute, role))
      .map((attribute) => metadataOf(realm, role, attribute, isNew)),
    groups,
  }
}

function metadataOf(
  realm: ProfileRealm,
  role: ProfileRole,
  attribute: ProfileAttribute,
  isNew: boolean,
) {
  const { name, annotations, group, defaultValue } = attribute
  return {
    name,
    displayName: attribute.displayName ?? defaultDisplayNames.get(name) ?? name,
    required: isRequired(realm, attribute, role),
    readOnly: isReadOnly(realm, role, attribute, isNew),
    ...(annotations === undefined ? {} : { annotations }),
    validators: validatorsOf(attribute),
    ...(group === undefined ? {} : { group }),
    multivalued: attribute.multivalued ?? false,
    ...(defaultValue === undefined ? {} : { defaultValue }),
  }
}

function isReadOnly(
  { settings }: ProfileRealm,
  role: ProfileRole,
  attribute: ProfileAttribute,
  isNew: boolean,
): boolean {
  const { name } = attribute
  if (name === 'username' && settings.registrationEmailAsUsername) return true
  if (name === 'username' && !settings.editUsernameAllowed && !isNew) return true
  if (role === 'user') {
    // An address that has to be confirmed is changed by the action that confirms it.
    const confirmed = settings.requiredActions.some(
      ({ alias, enabled }) => alias === 'UPDATE_EMAIL' && enabled,
    )
    if (name === 'email' && confirmed) return true
  }
  return !mayEdit(attribute, role)
}

function validatorsOf(attribute: ProfileAttribute): Record<string, Record<string, unknown>> {
  const validators = Object.entries(attribute.validations ?? {}).map(([name, config]) => [
    name,
    { ...config, 'ignore.empty.value': true },
  ])
  const counted = !attribute.multivalued && !impliedAttributes.has(attribute)
  return {
    ...(counted ? { multivalued: { max: '1' } } : {}),
    ...Object.fromEntries(validators),
  }
}
