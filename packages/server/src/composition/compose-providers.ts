import {
  type RequiredActionStepsDeps,
  requiredActionSteps,
} from '../domains/flows/required-actions/registry.ts'
import {
  type FormActionsDeps,
  formActionsOf,
} from '../domains/flows/steps/registration/form-actions.ts'
import { conditionsOf, type StepsDeps, stepsOf } from '../domains/flows/steps/registry.ts'
import { actingKeyProviders } from '../domains/keys/key-component.ts'
import { policyConditions } from '../domains/policy-enforcement/conditions/registry.ts'
import { policyExecutors } from '../domains/policy-enforcement/executors/registry.ts'
import { formAuthenticators } from '../domains/providers/catalogue/form-providers.ts'
import { spiffeProvider } from '../domains/providers/catalogue/identity-providers.ts'
import { validators, workflowSteps } from '../domains/providers/catalogue/validators.ts'
import { absentProviders } from '../domains/providers/feature-providers.ts'
import { Providers } from '../domains/providers/providers.ts'
import { protocolMapperTypes } from '../domains/tokens/mappers/registry.ts'
import { isValidator } from '../domains/users/profile-validators.ts'
import { isWorkflowStep } from '../domains/workflows/workflow-providers.ts'
import { allowAllMapper } from '../protocols/docker/register-docker.ts'
import {
  type ClientAuthenticationDeps,
  clientAuthenticatorsOf,
} from '../protocols/oidc/client-authentication/client-authentication.ts'
import { federatedAuthenticator } from '../protocols/oidc/client-authentication/federated-jwt.ts'

/** Which ids a registry has depends on nothing that its entries need at work. */
const nothing = {}

/** Rules of client policies that Keycloak lists only where their feature is on. */
const hidden: ReadonlySet<string> = new Set([
  'client-id-metadata-document',
  'client-id-uri',
  'secret-rotation',
])

/**
 * Brings together what exists and what has code here: each registry of code says which ids it has.
 * @param features names of those that are on
 */
export function composeProviders(features: ReadonlySet<string>): Providers {
  const allSteps = stepsOf(nothing as StepsDeps)
  const steps = [...allSteps.keys()]
  const forms = new Set(formAuthenticators.map(({ id }) => id))
  const allConditions = conditionsOf(nothing as StepsDeps)
  const conditions = allConditions.keys()
  const own = [...allSteps.values(), ...allConditions.values()].flatMap(
    ({ provider }) => provider ?? [],
  )
  const hasSpiffe = features.has('SPIFFE')
  const acting = {
    authenticator: [...steps.filter((id) => !forms.has(id)), ...conditions],
    'client-authenticator': [
      ...clientAuthenticatorsOf({ clientCertificates: nothing } as ClientAuthenticationDeps).keys(),
      federatedAuthenticator,
    ],
    'client-policy-condition': [...policyConditions.keys()].filter((id) => !hidden.has(id)),
    'client-policy-executor': [...policyExecutors.keys()].filter((id) => !hidden.has(id)),
    'form-action': formActionsOf(nothing as FormActionsDeps).keys(),
    'form-authenticator': steps.filter((id) => forms.has(id)),
    identity_provider: [
      'jwt-authorization-grant',
      'kubernetes',
      ...(hasSpiffe ? [spiffeProvider.id] : []),
    ],
    keys: actingKeyProviders,
    'protocol-mapper': [...protocolMapperTypes.keys(), allowAllMapper],
    'required-action': requiredActionSteps(nothing as RequiredActionStepsDeps).map(({ id }) => id),
    validator: validators.map(({ id }) => id).filter(isValidator),
    workflow: ['default'],
    'workflow-step': workflowSteps.map(({ id }) => id).filter(isWorkflowStep),
  }
  const more = {
    authenticator: own,
    ...(hasSpiffe ? { identity_provider: [spiffeProvider] } : {}),
  }
  return new Providers(acting, more, absentProviders(features))
}
