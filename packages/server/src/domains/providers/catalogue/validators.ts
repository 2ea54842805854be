import { type Provider, property, provider } from '../provider.ts'

const min = property('min', 'Minimum', 'String')
const max = property('max', 'Maximum', 'String')
const errorMessage = property('error-message', 'Error message key', 'String')

/** Validators of the user profile. */
export const validators: readonly Provider[] = [
  provider('double', 'double', [min, max]),
  provider('email', 'email', [
    property('max-local-length', 'Maximum length for the local part', 'String', { default: 64 }),
  ]),
  provider('integer', 'integer', [min, max]),
  provider('iso-date', 'iso-date'),
  provider('length', 'length', [
    property('min', 'Minimum length', 'String'),
    property('max', 'Maximum length', 'String'),
    property('trim-disabled', 'Trimming disabled', 'boolean'),
  ]),
  provider('local-date', 'local-date'),
  provider('multivalued', 'multivalued', [
    property('min', 'Minimum size', 'String'),
    property('max', 'Maximum size', 'String'),
  ]),
  provider('options', 'options', [property('options', 'Options', 'MultivaluedString')]),
  provider('pattern', 'pattern', [property('pattern', 'RegExp pattern', 'String'), errorMessage]),
  provider('person-name-prohibited-characters', 'person-name-prohibited-characters', [
    errorMessage,
  ]),
  provider('up-username-not-idn-homograph', 'up-username-not-idn-homograph', [errorMessage]),
  provider('uri', 'uri', [
    property('allowedSchemes', 'Allowed schemes', 'MultivaluedString', {
      default: ['http', 'https'],
    }),
    property('allowFragment', 'Allow fragment', 'boolean', { default: true }),
    property('requireValidUrl', 'Require Valid URL', 'boolean', { default: true }),
  ]),
  provider('username-prohibited-characters', 'username-prohibited-characters', [errorMessage]),
]

/** Steps of workflows. */
export const workflowSteps: readonly Provider[] = [
  provider('add-required-action', 'add-required-action'),
  provider('delete-client', 'delete-client'),
  provider('delete-user', 'delete-user'),
  provider('disable-client', 'disable-client'),
  provider('disable-user', 'disable-user'),
  provider('grant-role', 'grant-role'),
  provider('join-group', 'join-group'),
  provider('leave-group', 'leave-group'),
  provider('notify-user', 'notify-user'),
  provider('remove-required-action', 'remove-required-action'),
  provider('remove-user-attribute', 'remove-user-attribute'),
  provider('restart', 'restart'),
  provider('revoke-role', 'revoke-role'),
  provider('set-user-attribute', 'set-user-attribute'),
  provider('unlink-user', 'unlink-user'),
]

/** Kinds of workflows. */
export const workflows: readonly Provider[] = [provider('default', 'default')]
