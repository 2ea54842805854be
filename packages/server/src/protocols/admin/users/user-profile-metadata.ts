import type { Realm } from '../../../domains/realms/realm.ts'
import {
  isRequired,
  mayEdit,
  mayView,
  type ProfileAttribute,
  userProfileOf,
} from '../../../domains/users/user-profile.ts'

/** Attributes that every profile has without naming them. */
const always = [
  {
    name: 'locale',
    displayName: 'locale',
    required: false,
    readOnly: false,
    validators: {},
    multivalued: false,
  },
  {
    name: 'terms_and_conditions',
    displayName: '${termsAndConditionsUserAttribute}',
    required: false,
    readOnly: true,
    validators: {},
    multivalued: false,
  },
]

/** @returns the profile as forms of administrators need it: Keycloak's UserProfileMetadata */
export function userProfileMetadata(realm: Realm) {
  const { attributes, groups = [] } = userProfileOf(realm)
  return {
    attributes: [
      ...always,
      ...attributes.filter((attribute) => mayView(attribute, 'admin')).map(metadataOf),
    ],
    groups,
  }
}

function metadataOf(attribute: ProfileAttribute) {
  const { annotations, group, defaultValue } = attribute
  return {
    name: attribute.name,
    ...(attribute.displayName === undefined ? {} : { displayName: attribute.displayName }),
    required: isRequired(attribute, 'admin'),
    readOnly: !mayEdit(attribute, 'admin'),
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
  return {
    ...(attribute.multivalued ? {} : { multivalued: { max: '1' } }),
    ...Object.fromEntries(validators),
  }
}
