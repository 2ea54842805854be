import { readFile } from 'node:fs/promises'
import { decodeJwt } from 'jose'
import { localCacheBound } from '../config/local-cache-bound.ts'
import { JwkDocuments } from '../domains/clients/keys/jwk-documents.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { IssuerKeys } from '../protocols/oidc/federation/issuer-keys.ts'
import type { Foundation } from './foundation.ts'

/** Where Kubernetes puts the token of the service account that the server runs as. */
const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** Builds what reads the keys of other issuers. */
export function composeFederation({ settings, clock, loggers }: Foundation) {
  const requests = new OutgoingRequests(settings.outgoing)
  // The cluster that the server runs in is nobody's setting, and it is private.
  const within = new OutgoingRequests({ ...settings.outgoing, privateAddresses: 'all' })
  const log = loggers.of('org.keycloak.services')
  const onFailure = (url: string, reason: string) =>
    log.warn(`No keys were read from ${url}: ${reason}`)
  const fetchText = (url: string) => requests.text(url)
  const documentsMax = localCacheBound(settings.values, 'keys')
  const documents = new JwkDocuments({ clock, documentsMax, fetchText, onFailure })
  const clusterDocuments = new JwkDocuments({
    clock,
    documentsMax,
    fetchText: async (issuer) => await clusterKeys({ requests, within }, issuer),
    onFailure,
  })
  return { issuerKeys: new IssuerKeys({ documents, clusterDocuments }) }
}

/** The metadata of a cluster says where its keys are; the own cluster wants to know who asks. */
async function clusterKeys(
  { requests, within }: Readonly<Record<'requests' | 'within', OutgoingRequests>>,
  issuer: string,
): Promise<string> {
  const bearer = await ownToken(issuer)
  const asked = bearer === undefined ? requests : within
  const address = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
  const { jwks_uri: uri } = JSON.parse(await asked.text(address, bearer)) as {
    jwks_uri?: unknown
  }
  if (typeof uri !== 'string') throw new Error('its metadata names no keys')
  // The token goes to nobody but who has issued it.
  const own = new URL(uri).origin === new URL(issuer).origin
  return own ? await asked.text(uri, bearer) : await requests.text(uri)
}

/** @returns the server's own token, if this issuer has issued it */
async function ownToken(issuer: string): Promise<string | undefined> {
  try {
    const token = (await readFile(tokenFile, 'utf8')).trim()
    return decodeJwt(token).iss === issuer ? token : undefined
  } catch {
    return undefined
  }
}
