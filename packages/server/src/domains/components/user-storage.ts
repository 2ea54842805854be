import {
  type ComponentConfig,
  type ComponentProperty,
  settingOf,
} from '../realms/component-property.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ComponentProviders } from './component-provider.ts'
import { flag, text } from './component-settings.ts'
import { defaultLdapMappers } from './default-ldap-mappers.ts'

const ldapProperties: readonly ComponentProperty[] = [
  text('editMode', 'Edit Mode'),
  flag('importEnabled', 'Import Users', 'true'),
  flag('syncRegistrations', 'Sync Registrations', 'false'),
  text('vendor', 'Vendor'),
  flag('usePasswordModifyExtendedOp', 'Use Password Modify Extended Operation'),
  text('usernameLDAPAttribute', 'Username LDAP attribute'),
  text('rdnLDAPAttribute', 'RDN LDAP attribute'),
  text('uuidLDAPAttribute', 'UUID LDAP attribute'),
  text('userObjectClasses', 'User Object Classes'),
  text('connectionUrl', 'Connection URL'),
  text('usersDn', 'Users DN'),
  text('relativeCreateDn', 'Relative User Creation DN'),
  text('authType', 'Bind Type', 'simple'),
  flag('startTls', 'Enable StartTLS'),
  text('bindDn', 'Bind DN'),
  { name: 'bindCredential', label: 'Bind Credential', type: 'Password', secret: true },
  text('customUserSearchFilter', 'Custom User LDAP Filter'),
  text('searchScope', 'Search Scope', '1'),
  flag('validatePasswordPolicy', 'Validate Password Policy', 'false'),
  flag('trustEmail', 'Trust Email', 'false'),
  text('useTruststoreSpi', 'Use Truststore SPI', 'always'),
  flag('connectionPooling', 'Connection Pooling', 'true'),
  text('connectionTimeout', 'Connection Timeout'),
  text('readTimeout', 'Read Timeout'),
  flag('pagination', 'Pagination', 'true'),
  text('referral', 'Referral'),
  flag('allowKerberosAuthentication', 'Allow Kerberos authentication', 'false'),
  text('serverPrincipal', 'Server Principal'),
  text('keyTab', 'Key Tab'),
  text('kerberosRealm', 'Kerberos Realm'),
  text('krbPrincipalAttribute', 'Kerberos Principal Attribute'),
  flag('debug', 'Debug', 'false'),
  flag('useKerberosForPasswordAuthentication', 'Use Kerberos for Password Authentication', 'false'),
  flag('connectionTrace', 'Connection trace', 'false'),
  flag('enableLdapPasswordPolicy', 'Enable LDAP password policy', 'false'),
]

const kerberosProperties: readonly ComponentProperty[] = [
  text('kerberosRealm', 'Kerberos Realm'),
  text('serverPrincipal', 'Server Principal'),
  text('keyTab', 'Key Tab'),
  flag('debug', 'Debug', 'false'),
  flag('allowPasswordAuthentication', 'Allow Password Authentication', 'false'),
  {
    name: 'editMode',
    label: 'Edit Mode',
    type: 'List',
    options: ['READ_ONLY', 'UNSYNCED'],
  },
  flag('updateProfileFirstLogin', 'Update Profile First Login', 'false'),
]

const editModes: ReadonlySet<string> = new Set(['READ_ONLY', 'WRITABLE', 'UNSYNCED'])
const numbers = [
  ['connectionTimeout', 'Connection Timeout'],
  ['readTimeout', 'Read Timeout'],
] as const
/** Seconds between two synchronisations; -1 for none. Refused by Keycloak as something that it cannot start. */
const periods = ['fullSyncPeriod', 'changedSyncPeriod'] as const

function invalid(message: string): never {
  throw new ModelError('invalid', message)
}

function checkLdap(config: ComponentConfig): void {
  const mode = settingOf(config, 'editMode')
  if (mode === undefined) invalid('Edit Mode is mandatory')
  if (!editModes.has(mode)) invalid(`Edit Mode is none of ${[...editModes].join(', ')}`)
  const filter = settingOf(config, 'customUserSearchFilter')
  if (filter !== undefined && !(filter.startsWith('(') && filter.endsWith(')'))) {
    invalid('Custom configured LDAP filter does not start with "(" or does not end with ")".')
  }
  for (const [name, label] of numbers) {
    const value = settingOf(config, name)
    if (value !== undefined && !isInt(value)) invalid(`${label} must be a number`)
  }
  for (const name of periods) {
    const value = settingOf(config, name)
    if (value !== undefined && !isInt(value)) invalid(`${name} must be a number`)
  }
  const starts = settingOf(config, 'startTls') === 'true'
  if (starts && settingOf(config, 'connectionPooling') === 'true') {
    invalid('Can not enable both StartTLS and connection pooling.')
  }
  if (mode === 'UNSYNCED' && settingOf(config, 'importEnabled') === 'false') {
    invalid('Can not disable Importing users when LDAP provider mode is UNSYNCED')
  }
  const urls = settingOf(config, 'connectionUrl')?.trim().split(/\s+/) ?? []
  if (!urls.every((url) => /^ldaps?:\/\//i.test(url))) {
    invalid(
      'Connection URL contains a URL with an unsupported scheme. Each URL must use the ldap:// or ldaps:// scheme.',
    )
  }
}

function isInt(value: string): boolean {
  return /^[+-]?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= 2_147_483_647
}

/** Where a directory keeps the Kerberos principal of a user, by its maker. */
const principalAttributes: Readonly<Record<string, string>> = {
  ad: 'userPrincipalName',
  rhds: 'krbPrincipalName',
}

/** Directories of users outside of this server. */
export const userStorageProviders: ComponentProviders = {
  kerberos: { properties: kerberosProperties },
  ldap: {
    properties: ldapProperties,
    check: checkLdap,
    completed: (config) => {
      if (settingOf(config, 'krbPrincipalAttribute')) return config
      const vendor = settingOf(config, 'vendor') ?? ''
      return {
        ...config,
        krbPrincipalAttribute: [principalAttributes[vendor] ?? 'krb5PrincipalName'],
      }
    },
    children: defaultLdapMappers,
  },
}
