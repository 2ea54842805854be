const permissions = { view: ['admin', 'user'], edit: ['admin', 'user'] }
const required = { roles: ['user'] }
const nameRules = { length: { max: 255 }, 'person-name-prohibited-characters': {} }

/** The user profile of a realm that has not changed it (Keycloak 26.7). */
export const defaultUserProfile = {
  attributes: [
    {
      name: 'username',
      displayName: '${username}',
      validations: {
        length: { min: 3, max: 255 },
        'username-prohibited-characters': {},
        'up-username-not-idn-homograph': {},
      },
      permissions,
      multivalued: false,
    },
    {
      name: 'email',
      displayName: '${email}',
      validations: { email: {}, length: { max: 255 } },
      required,
      permissions,
      multivalued: false,
    },
    {
      name: 'firstName',
      displayName: '${firstName}',
      validations: nameRules,
      required,
      permissions,
      multivalued: false,
    },
    {
      name: 'lastName',
      displayName: '${lastName}',
      validations: nameRules,
      required,
      permissions,
      multivalued: false,
    },
  ],
  groups: [
    {
      name: 'user-metadata',
      displayHeader: 'User metadata',
      displayDescription: 'Attributes, which refer to user metadata',
    },
  ],
}
