import { newUuid } from '../../shared/random.ts'
import { settingOf } from '../realms/component-property.ts'
import type { Component } from '../realms/realm.ts'

export const ldapMapperType = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper'

interface AttributeMapping {
  readonly name: string
  readonly model: string
  readonly ldap: string
  readonly readOnly: boolean
  readonly alwaysFromLdap: boolean
  readonly mandatory: boolean
}

/**
 * The mappers that a new LDAP provider gets, by its vendor, its edit mode and the attribute that holds user names, as
 * Keycloak chooses them.
 */
export function defaultLdapMappers(provider: Component): Component[] {
  const setting = (name: string) => settingOf(provider.config, name)
  const vendor = setting('vendor')
  const activeDirectory = vendor === 'ad'
  const readOnly = setting('editMode') !== 'WRITABLE'
  const alwaysFromLdap = setting('editMode') !== 'UNSYNCED'
  const username = setting('usernameLDAPAttribute') ?? 'uid'
  const rdn = setting('rdnLDAPAttribute') ?? username
  const below = mapperBelow(provider)
  const attribute = (mapping: Omit<AttributeMapping, 'readOnly'> & { readOnly?: boolean }) =>
    below(mapping.name, 'user-attribute-ldap-mapper', attributeConfig({ readOnly, ...mapping }))
  const fullName = activeDirectory && rdn.toLowerCase() === 'cn' && username.toLowerCase() !== 'cn'
  const firstName = activeDirectory && username.toLowerCase() === 'cn' ? 'givenName' : 'cn'
  const timestamp = (name: string, model: string, ldap: string) =>
    attribute({ name, model, ldap, readOnly: true, alwaysFromLdap, mandatory: false })
  return [
    attribute({
      name: 'username',
      model: 'username',
      ldap: username,
      alwaysFromLdap: false,
      mandatory: true,
    }),
    fullName
      ? below('full name', 'full-name-ldap-mapper', {
          'ldap.full.name.attribute': 'cn',
          'read.only': String(readOnly),
          'write.only': 'false',
        })
      : attribute({
          name: 'first name',
          model: 'firstName',
          ldap: firstName,
          alwaysFromLdap,
          mandatory: true,
        }),
    attribute({
      name: 'last name',
      model: 'lastName',
      ldap: 'sn',
      alwaysFromLdap,
      mandatory: true,
    }),
    attribute({
      name: 'email',
      model: 'email',
      ldap: 'mail',
      alwaysFromLdap: false,
      mandatory: false,
    }),
    timestamp(
      'creation date',
      'createTimestamp',
      activeDirectory ? 'whenCreated' : 'createTimestamp',
    ),
    timestamp(
      'modify date',
      'modifyTimestamp',
      activeDirectory ? 'whenChanged' : 'modifyTimestamp',
    ),
    ...(activeDirectory
      ? [
          below('MSAD account controls', 'msad-user-account-control-mapper', {
            'always.read.enabled.value.from.ldap': 'true',
          }),
        ]
      : []),
    below('Kerberos principal attribute mapper', 'kerberos-principal-attribute-mapper', {}),
  ]
}

function mapperBelow(provider: Component) {
  return (name: string, providerId: string, config: Record<string, string>): Component => ({
    id: newUuid(),
    parentId: provider.id,
    providerType: ldapMapperType,
    providerId,
    name,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, [value]])),
  })
}

function attributeConfig(mapping: AttributeMapping): Record<string, string> {
  return {
    'ldap.attribute': mapping.ldap,
    'is.mandatory.in.ldap': String(mapping.mandatory),
    'always.read.value.from.ldap': String(mapping.alwaysFromLdap),
    'read.only': String(mapping.readOnly),
    'user.model.attribute': mapping.model,
  }
}
