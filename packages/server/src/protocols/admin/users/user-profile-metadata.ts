import {
  effectiveProfile,
  impliedAttributes,
  isRequired,
  mayEdit,
  mayView,
  type ProfileAttribute,
  type ProfileRealm,
} from '../../../domains/users/user-profile.ts'

/** Where a realm's own profile gives no name. */
const defaultDisplayNames: Readonly<Record<string, string>> = {
  username: '${username}',
  email: '${email}',
}

/** @returns the profile as forms of administrators need it: Keycloak's UserProfileMetadata */
export function userProfileMetadata(realm: ProfileRealm) {
  const { attributes, groups = [] } = effectiveProfile(realm)
  return {
    attributes: attributes
      .filter((attribute) => mayView(attribute, 'admin'))
      .map((attribute) => metadataOf(realm, attribute)),
    groups,
  }
}

function metadataOf(realm: ProfileRealm, attribute: ProfileAttribute) {
  const { name, annotations, group, defaultValue } = attribute
  const named = name === 'username' && realm.settings.registrationEmailAsUsername
  return {
    name,
    displayName: attribute.displayName ?? defaultDisplayNames[name] ?? name,
    required: isRequired(realm, attribute, 'admin'),
    readOnly: named || !mayEdit(attribute, 'admin'),
    ...(annotations === undefined ? {} : { annotations }),
    validators: validatorsOf(attribute),
    ...(group === undefined ? {} : { group }),
    multivalued: attribute.multivalued ?? false,
    ...(defaultValue === undefined ? {} : { defaultValue }),
  }
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
