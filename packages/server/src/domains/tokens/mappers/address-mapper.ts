import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'
import { userAttribute } from './user-attribute-mapper.ts'

/** Members of the address claim (OpenID Connect Core §5.1.1) and the setting that names the user's attribute. */
const members: readonly (readonly [string, string, string])[] = [
  ['formatted', 'user.attribute.formatted', 'formatted'],
  ['street_address', 'user.attribute.street', 'street'],
  ['locality', 'user.attribute.locality', 'locality'],
  ['region', 'user.attribute.region', 'region'],
  ['postal_code', 'user.attribute.postal_code', 'postal_code'],
  ['country', 'user.attribute.country', 'country'],
]

export const addressMapper: ProtocolMapperType = {
  id: 'oidc-address-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { user }, config) {
    const address: Record<string, string> = {}
    for (const [member, setting, usual] of members) {
      const [value] = userAttribute(user, config[setting] ?? usual)
      if (value !== undefined) address[member] = value
    }
    if (Object.keys(address).length === 0) return
    // Other mappers may write below `address` too, before this one or after it.
    const present = claims['address']
    const others = present !== null && typeof present === 'object' ? present : {}
    claims['address'] = { ...others, ...address }
  },
}
