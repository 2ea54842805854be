import { acrMapper } from './acr-mapper.ts'
import { addressMapper } from './address-mapper.ts'
import { allowedOriginsMapper } from './allowed-origins-mapper.ts'
import { amrMapper } from './amr-mapper.ts'
import { audienceMapper } from './audience-mapper.ts'
import { audienceResolveMapper } from './audience-resolve-mapper.ts'
import { claimsParameterMapper, claimsParameterValueMapper } from './claims-parameter-mapper.ts'
import { clientRoleMapper } from './client-role-mapper.ts'
import { fullNameMapper } from './full-name-mapper.ts'
import { groupMembershipMapper } from './group-membership-mapper.ts'
import { hardcodedClaimMapper } from './hardcoded-claim-mapper.ts'
import { hardcodedRoleMapper } from './hardcoded-role-mapper.ts'
import { nonceMapper } from './nonce-mapper.ts'
import { organizationGroupMapper } from './organization-group-mapper.ts'
import { organizationMapper } from './organization-mapper.ts'
import { pairwiseSubMapper } from './pairwise-sub-mapper.ts'
import type { ProtocolMapperType } from './protocol-mapper-type.ts'
import { realmRoleMapper } from './realm-role-mapper.ts'
import { roleNameMapper } from './role-name-mapper.ts'
import { sessionNoteMapper } from './session-note-mapper.ts'
import { sessionStateMapper } from './session-state-mapper.ts'
import { subMapper } from './sub-mapper.ts'
import { userAttributeMapper } from './user-attribute-mapper.ts'
import { userPropertyMapper } from './user-property-mapper.ts'

/** Every type of OpenID Connect protocol mapper, by its provider id. */
export const protocolMapperTypes: ReadonlyMap<string, ProtocolMapperType> = new Map(
  [
    acrMapper,
    addressMapper,
    allowedOriginsMapper,
    amrMapper,
    audienceMapper,
    audienceResolveMapper,
    claimsParameterMapper,
    claimsParameterValueMapper,
    clientRoleMapper,
    fullNameMapper,
    groupMembershipMapper,
    hardcodedClaimMapper,
    hardcodedRoleMapper,
    nonceMapper,
    organizationGroupMapper,
    organizationMapper,
    pairwiseSubMapper,
    realmRoleMapper,
    roleNameMapper,
    sessionNoteMapper,
    sessionStateMapper,
    subMapper,
    userAttributeMapper,
    userPropertyMapper,
  ].map((type) => [type.id, type]),
)
