const everyone = { view: ['admin', 'user'], edit: ['admin', 'user'] }

function attribute(name: string, validations: Record<string, unknown>) {
  return {
    name,
    displayName: `\${${name}}`,
    validations,
    permissions: everyone,
    multivalued: false,
  }
}

const nameRules = { length: { max: 255 }, 'person-name-prohibited-characters': {} }

/**
 * The user profile of the master realm: as every realm's, but e-mail and names may stay empty, since its administrators
 * are made without them.
 * @returns the JSON text that the component `declarative-user-profile` holds
 */
export function masterUserProfile(): string {
  return JSON.stringify({
    attributes: [
      attribute('username', {
        length: { min: 3, max: 255 },
        'username-prohibited-characters': {},
        'up-username-not-idn-homograph': {},
      }),
      attribute('email', { email: {}, length: { max: 255 } }),
      attribute('firstName', nameRules),
      attribute('lastName', nameRules),
    ],
    groups: [
      {
        name: 'user-metadata',
        displayHeader: 'User metadata',
        displayDescription: 'Attributes, which refer to user metadata',
      },
    ],
  })
}
