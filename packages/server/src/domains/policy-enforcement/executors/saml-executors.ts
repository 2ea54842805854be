import { withSamlDefaults } from '../../clients/client-defaults.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientChange, ProposedClient } from '../policy-occasion.ts'
import { flagOf } from '../rule-configuration.ts'
import { clientUrisOf } from './client-uris.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

/** What Keycloak's messages call the addresses of SAML clients. */
const names: readonly (readonly [field: string, name: string])[] = [
  ['rootUrl', 'Root URL'],
  ['adminUrl', 'Master SAML Processing URL'],
  ['baseUrl', 'Home URL'],
  ['redirectUris', 'Valid redirect URIs'],
  ['saml_assertion_consumer_url_post', 'Assertion Consumer Service POST Binding URL'],
  ['saml_assertion_consumer_url_redirect', 'Assertion Consumer Service Redirect Binding URL'],
  ['saml_artifact_binding_url', 'Artifact Binding URL'],
  ['saml_single_logout_service_url_post', 'Logout Service POST Binding URL'],
  ['saml_single_logout_service_url_artifact', 'Logout Service ARTIFACT Binding URL'],
  ['saml_single_logout_service_url_redirect', 'Logout Service Redirect Binding URL'],
  ['saml_single_logout_service_url_soap', 'Logout Service SOAP Binding URL'],
  ['saml_artifact_resolution_service_url', 'Artifact Resolution Service'],
]
const invalid = (text: string) => new ClientPolicyRefusal('invalid_client_metadata', text)

/** How clients of SAML have to be set up; they sign in nowhere here, so that nothing else of them is asked. */
export const samlExecutors: readonly PolicyExecutor[] = [
  {
    id: 'saml-avoid-redirect',
    changes: on(saved, (change) => {
      if (!isSaml(change.proposed)) return
      if (attributesOf(change)['saml.force.post.binding'] === 'true') return
      throw invalid('Force POST binding is not enabled')
    }),
  },
  {
    id: 'saml-secure-client-uris',
    changes: on(saved, ({ proposed }, configuration) => {
      if (!isSaml(proposed)) return
      const uris = clientUrisOf(proposed)
      const wildcards = flagOf(configuration, 'allow-wildcard-redirects')
      for (const [field, name] of names) {
        for (const uri of uris.get(field) ?? []) {
          if (!uri.startsWith('https:')) throw invalid(`Non secure scheme for ${name}`)
          const wild = /\*$/.test(uri) && !/[?#]/.test(uri)
          if (field === 'redirectUris' && wild && !wildcards) {
            throw invalid(`Unsecure wildcard redirect ${uri} for ${name}`)
          }
        }
      }
    }),
  },
  {
    id: 'saml-signature-enforcer',
    changes: on(saved, (change) => {
      if (!isSaml(change.proposed)) return
      const attributes = attributesOf(change)
      const signs = (name: string) => attributes[name] === 'true'
      const answers = signs('saml.server.signature') || signs('saml.assertion.signature')
      if (signs('saml.client.signature') && answers) return
      throw invalid(
        'Signatures not ensured for the client. Ensure Client signature required and Sign documents or Sign assertions are ON',
      )
    }),
  },
]

/** A client that is made has what every new one has. */
function attributesOf({ proposed, client }: ClientChange): Readonly<Record<string, string>> {
  return (client === null ? withSamlDefaults(proposed) : proposed).attributes ?? {}
}

function isSaml({ protocol }: ProposedClient): boolean {
  return protocol === 'saml'
}
