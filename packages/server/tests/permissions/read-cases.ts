import { clientRole, each } from './case.ts'

const scope = '/client-scopes/{clientScope}'
const client = '/clients/{client}'

/** Reads whose permission is not that of the write beside them, and writes that belong to them. */
export const reads = each([
  ['GET authenticator providers', '/authentication/authenticator-providers'],
  ['GET client authenticator providers', '/authentication/client-authenticator-providers'],
  ['GET form action providers', '/authentication/form-action-providers'],
  ['GET form providers', '/authentication/form-providers'],
  ['GET per client config', '/authentication/per-client-config-description'],
  [
    'GET config description of required action',
    '/authentication/required-actions/UPDATE_PASSWORD/config-description',
  ],
  ['GET scope mapper', `${scope}/protocol-mappers/models/{scopeMapper}`],
  ['GET available realm roles of scope', `${scope}/scope-mappings/realm/available`],
  ['GET effective realm roles of scope', `${scope}/scope-mappings/realm/composite`],
  ['GET available client roles of scope', `${scope}/scope-mappings/clients/{client}/available`],
  ['GET effective client roles of scope', `${scope}/scope-mappings/clients/{client}/composite`],
  ['POST client role of scope', `${scope}/scope-mappings/clients/{client}`, clientRole],
  ['DELETE client role of scope', `${scope}/scope-mappings/clients/{client}`, clientRole],
  ['GET realm composites of client role', `${client}/roles/client-role-{who}/composites/realm`],
  ['DELETE client role of client scope', `${client}/scope-mappings/clients/{client}`, clientRole],
  ['GET effective roles of client scope', `${client}/scope-mappings/clients/{client}/composite`],
  ['GET sub component types', '/components/{component}/sub-component-types?type=none'],
  [
    'GET available client roles of group',
    '/groups/{group}/role-mappings/clients/{client}/available',
  ],
  [
    'GET effective client roles of group',
    '/groups/{group}/role-mappings/clients/{client}/composite',
  ],
  ['GET realm roles of group', '/groups/{group}/role-mappings/realm'],
  ['GET available realm roles of group', '/groups/{group}/role-mappings/realm/available'],
  [
    'GET available roles of scope for consoles',
    '/ui-ext/available-roles/clientScopes/{clientScope}?first=0&max=5&search=',
  ],
  [
    'GET effective roles of scope for consoles',
    '/ui-ext/effective-roles/clientScopes/{clientScope}?first=0&max=5&search=',
  ],
  [
    'GET all effective roles of scope for consoles',
    '/ui-ext/effective-roles-all/clientScopes/{clientScope}?first=0&max=5&search=',
  ],
  [
    'POST execution by parent',
    '/authentication/executions',
    { authenticator: 'auth-cookie', parentFlow: '{user}' },
  ],
])
