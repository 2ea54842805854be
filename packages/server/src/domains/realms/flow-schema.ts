import { z } from 'zod'
import {
  anything,
  flag,
  identifier,
  integer,
  requiredShortText,
  requiredText,
  shortText,
  text,
  textMap,
} from './scalars.ts'

/** Members of Keycloak's AuthenticationExecutionRepresentation and of the one in its exports alike. */
const ofExecution = {
  authenticator: shortText,
  authenticatorConfig: shortText,
  authenticatorFlow: flag,
  // Keycloak's own spelling of before, which it still writes and reads.
  autheticatorFlow: flag,
  priority: integer,
}

/** An execution as Admin REST takes it: by ids; unknown members are refused. */
export const execution = z.strictObject({
  ...ofExecution,
  id: identifier,
  flowId: identifier,
  parentFlow: identifier,
  requirement: text,
})

/** As an import takes it: inside of its flow, by aliases; members that are not known are kept. */
const importedExecution = z.looseObject({
  ...ofExecution,
  flowAlias: shortText,
  requirement: z.enum(['REQUIRED', 'ALTERNATIVE', 'CONDITIONAL', 'DISABLED', 'OPTIONAL']),
  userSetupAllowed: flag,
})

/** Members of Keycloak's AuthenticationFlowRepresentation but for its executions. */
const ofFlow = {
  id: identifier,
  alias: text,
  description: text,
  providerId: shortText,
  topLevel: flag,
  builtIn: flag,
}

/** A flow as Admin REST takes it, which reads no executions from it: unknown members are refused. */
export const flow = z.strictObject({ ...ofFlow, authenticationExecutions: anything })

/** As an import takes it: exports of all versions and hands; members that are not known are kept. */
export const importedFlow = z.looseObject({
  ...ofFlow,
  alias: requiredText,
  authenticationExecutions: z.array(importedExecution).nullish(),
})

/** Members of Keycloak's AuthenticatorConfigRepresentation. */
const ofConfig = { id: identifier, alias: shortText, config: textMap }

/** The configuration of an execution as Admin REST takes it: unknown members are refused. */
export const authenticatorConfig = z.strictObject(ofConfig)

/** As an import takes it: members that are not known are kept. */
export const importedAuthenticatorConfig = z.looseObject({
  ...ofConfig,
  alias: requiredShortText,
})
