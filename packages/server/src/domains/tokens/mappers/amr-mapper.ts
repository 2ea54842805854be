import type { ProtocolMapperType } from './protocol-mapper-type.ts'

/** Session note with the references of the steps that the user went through: a JSON list of `{ amr, at }`, seconds. */
export const amrNote = 'amr'

/** Methods that were used within their time (RFC 8176); an empty list when no step has a reference. */
export const amrMapper: ProtocolMapperType = {
  id: 'oidc-amr-mapper',
  priority: 0,
  targets: ['access', 'id', 'introspection'],
  apply(claims, { session }) {
    claims['amr'] = methodsOf(session.notes[amrNote])
  },
}

function methodsOf(note: string | undefined): string[] {
  if (!note) return []
  try {
    const methods = JSON.parse(note) as unknown
    return Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : []
  } catch {
    return []
  }
}
