import type { FastifyInstance } from 'fastify'
import { operationalReport } from '../clustering/operational-report.ts'
import { AdminPermissions } from '../domains/administration/admin-permissions.ts'
import { Administration } from '../domains/administration/administration.ts'
import { FlowChanges } from '../domains/flows/changes/flow-changes.ts'
import { RequiredActionChanges } from '../domains/flows/changes/required-action-changes.ts'
import { ExampleTokens } from '../domains/tokens/example-tokens.ts'
import { PartialImport } from '../domains/transfer/partial/partial-import.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { composeAdminConsole } from './compose-consoles.ts'
import { composeProviders } from './compose-providers.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'
import type { Clustering } from './start-clustering.ts'

/** Start of the paths of Admin REST. */
export const adminPrefix = '/admin/'

/** Loads Admin REST with its schemas and registers it. @returns `app`, ready */
export async function composeAdmin(
  app: FastifyInstance,
  { database, clock, urls, clientCertificates, loggers, settings, vault }: Foundation,
  clustering: Clustering,
  domains: Domains,
): Promise<FastifyInstance> {
  const { registerAdmin } = await import('../protocols/admin/register-admin.ts')
  const providers = composeProviders(settings.features)
  const { realms } = domains
  const log = loggers.of('org.keycloak.services')
  const knowsProvider = (id: string) =>
    (providers.find('identity_provider', id) ?? providers.find('social', id)) !== undefined
  registerAdmin(app, {
    ...domains,
    ...domains.transfer,
    administration: new Administration(domains),
    adminPermissions: new AdminPermissions({
      ...domains,
      clock,
      verdict: async ({ name }, pattern, text) =>
        await domains.patterns.verdict(pattern, text, { realm: name, setting: 'policy regex' }),
    }),
    providers,
    outgoingRequests: new OutgoingRequests(settings.outgoing),
    exampleTokens: new ExampleTokens({ ...domains, clock }),
    partialImport: new PartialImport({
      ...domains,
      ...domains.transfer,
      database,
      clock,
      knowsProvider,
      warn: (text) => log.warn(text),
    }),
    flowChanges: new FlowChanges({ ...domains, database, providers }),
    requiredActionChanges: new RequiredActionChanges({ database, realms, providers }),
    log,
    clusterReport: () => operationalReport(clustering),
    mailer: domains.testMailer,
    vault,
    features: settings.features,
    clock,
    urls,
    clientCertificates,
  })
  composeAdminConsole(app, { ...domains, urls })
  await app.ready()
  return app
}
