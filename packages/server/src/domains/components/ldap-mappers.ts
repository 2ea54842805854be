import {
  type ComponentConfig,
  type ComponentProperty,
  requireSetting,
  settingOf,
} from '../realms/component-property.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ComponentProvider, ComponentProviders } from './component-provider.ts'
import { flag, text } from './component-settings.ts'

const list = (
  name: string,
  label: string,
  options: readonly string[],
  defaultValue?: string,
): ComponentProperty => ({
  name,
  label,
  type: 'List',
  options,
  ...(defaultValue === undefined ? {} : { defaultValue }),
})

const attributeProperties: readonly ComponentProperty[] = [
  { name: 'user.model.attribute', label: 'User Model Attribute', type: 'UserProfileAttributeList' },
  text('ldap.attribute', 'LDAP Attribute'),
  flag('read.only', 'Read Only', 'false'),
  flag('always.read.value.from.ldap', 'Always Read Value From LDAP', 'false'),
  flag('is.binary.attribute', 'Is Binary Attribute', 'false'),
  list('binary.attribute.decoder', 'Binary Attribute Decoder', ['auto', 'base64', 'uuid']),
  flag('is.mandatory.in.ldap', 'Is Mandatory In LDAP', 'false'),
  text('attribute.default.value', 'Attribute default value', ''),
  flag('attribute.force.default', 'Force a Default Value', 'true'),
]

const modes = ['LDAP_ONLY', 'IMPORT', 'READ_ONLY']
const membershipTypes = ['DN', 'UID']

/** What group and role mappers have in common. */
const membershipProperties: readonly ComponentProperty[] = [
  text('membership.ldap.attribute', 'Membership LDAP Attribute', 'member'),
  list('membership.attribute.type', 'Membership Attribute Type', membershipTypes, 'DN'),
  text('membership.user.ldap.attribute', 'Membership User LDAP Attribute', 'uid'),
  list('mode', 'Mode', modes, 'LDAP_ONLY'),
  text('memberof.ldap.attribute', 'Member-Of LDAP Attribute', 'memberOf'),
]

function missing(label: string): never {
  throw new ModelError('invalid', `Missing configuration for ${label}`)
}

function requireMapped(config: ComponentConfig, name: string, label: string): void {
  if (settingOf(config, name) === undefined) missing(label)
}

/** An LDAP filter that is given stands in parentheses (RFC 4515 §3). */
function checkFilter(config: ComponentConfig, name: string): void {
  const filter = settingOf(config, name)
  if (filter === undefined || (filter.startsWith('(') && filter.endsWith(')'))) return
  throw new ModelError(
    'invalid',
    'Custom configured LDAP filter does not start with "(" or does not end with ")".',
  )
}

function checkAttributeMapper(config: ComponentConfig): void {
  requireMapped(config, 'user.model.attribute', 'User Model Attribute')
  requireMapped(config, 'ldap.attribute', 'LDAP Attribute')
}

const groupMapper: ComponentProvider = {
  properties: [
    text('groups.dn', 'LDAP Groups DN'),
    text('groups.relative.create.dn', 'Relative creation DN'),
    text('group.name.ldap.attribute', 'Group Name LDAP Attribute', 'cn'),
    text('group.object.classes', 'Group Object Classes', 'groupOfNames'),
    flag('preserve.group.inheritance', 'Preserve Group Inheritance', 'true'),
    flag('ignore.missing.groups', 'Ignore Missing Groups', 'false'),
    ...membershipProperties,
    text('groups.ldap.filter', 'LDAP Filter'),
    list(
      'user.roles.retrieve.strategy',
      'User Groups Retrieve Strategy',
      ['LOAD_GROUPS_BY_MEMBER_ATTRIBUTE', 'GET_GROUPS_FROM_USER_MEMBEROF_ATTRIBUTE'],
      'LOAD_GROUPS_BY_MEMBER_ATTRIBUTE',
    ),
    text('mapped.group.attributes', 'Mapped Group Attributes'),
    flag('decode.group.uuid.attribute', 'Decode Group UUID Attribute', 'true'),
    flag('drop.non.existing.groups.during.sync', 'Drop non-existing groups during sync', 'false'),
    text('groups.path', 'Groups Path', '/'),
  ],
  check: async (config, { hasGroup }) => {
    requireMapped(config, 'groups.dn', 'LDAP Groups DN')
    requireMapped(config, 'mode', 'Mode')
    const byUid = settingOf(config, 'membership.attribute.type') === 'UID'
    if (byUid && settingOf(config, 'preserve.group.inheritance') === 'true') {
      throw new ModelError(
        'invalid',
        'Not possible to preserve group inheritance and use UID membership type together.',
      )
    }
    checkFilter(config, 'groups.ldap.filter')
    const path = settingOf(config, 'groups.path')
    if (path !== undefined && path !== '/' && !(await hasGroup(path))) {
      throw new ModelError(
        'invalid',
        'Groups path group does not exist - please create the group on specified path first',
      )
    }
  },
  completed: (config) =>
    settingOf(config, 'groups.path') ? config : { ...config, 'groups.path': ['/'] },
}

const roleMapper: ComponentProvider = {
  properties: [
    text('roles.dn', 'LDAP Roles DN'),
    text('roles.relative.create.dn', 'Relative creation DN'),
    text('role.name.ldap.attribute', 'Role Name LDAP Attribute', 'cn'),
    text('role.object.classes', 'Role Object Classes', 'groupOfNames'),
    ...membershipProperties,
    text('roles.ldap.filter', 'LDAP Filter'),
    list(
      'user.roles.retrieve.strategy',
      'User Roles Retrieve Strategy',
      ['LOAD_ROLES_BY_MEMBER_ATTRIBUTE', 'GET_ROLES_FROM_USER_MEMBEROF_ATTRIBUTE'],
      'LOAD_ROLES_BY_MEMBER_ATTRIBUTE',
    ),
    flag('use.realm.roles.mapping', 'Use Realm Roles Mapping', 'true'),
    { name: 'client.id', label: 'Client ID', type: 'ClientList' },
  ],
  check: (config) => {
    requireMapped(config, 'roles.dn', 'LDAP Roles DN')
    requireMapped(config, 'mode', 'Mode')
    const ofRealm = settingOf(config, 'use.realm.roles.mapping') === 'true'
    if (!ofRealm && settingOf(config, 'client.id') === undefined) {
      throw new ModelError(
        'invalid',
        'Client ID needs to be provided in config when Realm Roles Mapping is not used.',
      )
    }
    checkFilter(config, 'roles.ldap.filter')
  },
}

const attributeName: ComponentProperty = {
  name: 'user.model.attribute',
  label: 'User Model Attribute Name',
  type: 'UserProfileAttributeList',
}
const ldapAttributeName = text('ldap.attribute.name', 'LDAP Attribute Name')

/** What an LDAP provider takes over from the directory, and how. */
export const ldapMappers: ComponentProviders = {
  'certificate-ldap-mapper': {
    properties: [...attributeProperties, flag('is.der.formatted', 'DER Formatted')],
    check: checkAttributeMapper,
  },
  'full-name-ldap-mapper': {
    properties: [
      text('ldap.full.name.attribute', 'LDAP Full Name Attribute', 'cn'),
      flag('read.only', 'Read Only', 'false'),
      flag('write.only', 'Write Only', 'true'),
    ],
    check: (config) =>
      requireMapped(config, 'ldap.full.name.attribute', 'LDAP Full Name Attribute'),
  },
  'group-ldap-mapper': groupMapper,
  'hardcoded-attribute-mapper': {
    properties: [attributeName, text('attribute.value', 'Attribute Value')],
    check: (config) => void requireSetting(config, attributeName),
  },
  'hardcoded-ldap-attribute-mapper': {
    properties: [ldapAttributeName, text('ldap.attribute.value', 'LDAP Attribute Value')],
    check: (config) => void requireSetting(config, ldapAttributeName),
  },
  'hardcoded-ldap-group-mapper': {
    properties: [text('group', 'Group')],
    check: async (config, { hasGroup }) => {
      const group = settingOf(config, 'group')
      if (group === undefined) throw new ModelError('invalid', 'Group cant be null')
      if (await hasGroup(group)) return
      throw new ModelError('invalid', 'There is no group corresponding to configured value')
    },
  },
  'hardcoded-ldap-role-mapper': {
    properties: [{ name: 'role', label: 'Role', type: 'Role' }],
    check: async (config, { hasRole }) => {
      const role = settingOf(config, 'role')
      if (role === undefined) throw new ModelError('invalid', 'Role cant be null')
      if (await hasRole(role)) return
      throw new ModelError('invalid', 'There is no role corresponding to configured value')
    },
  },
  'kerberos-principal-attribute-mapper': { properties: [] },
  'msad-lds-user-account-control-mapper': {
    properties: [
      flag('always.read.enabled.value.from.ldap', 'Always Read Enabled Value From LDAP', 'false'),
    ],
  },
  'msad-user-account-control-mapper': {
    properties: [
      flag('ldap.password.policy.hints.enabled', 'Password Policy Hints Enabled', 'false'),
      flag('always.read.enabled.value.from.ldap', 'Always Read Enabled Value From LDAP', 'false'),
    ],
  },
  'role-ldap-mapper': roleMapper,
  'user-attribute-ldap-mapper': { properties: attributeProperties, check: checkAttributeMapper },
}
