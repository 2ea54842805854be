import cluster from 'node:cluster'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { composeAccessLog } from '../composition/compose-access-log.ts'
import { adminPrefix, composeAdmin } from '../composition/compose-admin.ts'
import { composeDomains } from '../composition/compose-domains.ts'
import { composeRemoteStore } from '../composition/compose-remote-store.ts'
import type { Domains } from '../composition/domains.ts'
import type { Foundation } from '../composition/foundation.ts'
import { layFoundation, type ServerReports } from '../composition/lay-foundation.ts'
import { registerProtocols } from '../composition/register-protocols.ts'
import { addServerJobs } from '../composition/server-jobs.ts'
import { startClustering } from '../composition/start-clustering.ts'
import { switchedOffPaths } from '../composition/switched-off-paths.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import type { WorkerSlot } from '../config/sources.ts'
import { throughOutages } from '../database/await-database.ts'
import { ArrivingBodies } from '../http/arriving-bodies.ts'
import { CertificateWatch } from '../http/certificate-watch.ts'
import { HttpServers } from '../http/http-servers.ts'
import type { TlsSettings } from '../http/http-settings.ts'
import { LaterRouter } from '../http/later-router.ts'
import { createListener } from '../http/listener.ts'
import { registerCertificateMetric } from '../http/management/certificate-metric.ts'
import { HealthChecks } from '../http/management/health-checks.ts'
import { HttpTimings } from '../http/management/http-timings.ts'
import { ManagementOnMain, managementSocket } from '../http/management/management-on-main.ts'
import { SiteCheck } from '../http/management/site-check.ts'
import type { LineSink } from '../log/line-sink.ts'
import type { Loggers } from '../log/loggers.ts'
import type { PublishedDocuments } from '../protocols/oidc/discovery/published-documents.ts'
import { DisposalStack } from '../shared/disposal-stack.ts'
import { pause } from '../shared/pause.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { TracingSettings } from '../telemetry/tracing-settings.ts'
import { holdAnswers } from '../webhooks/hold-answers.ts'
import { aborted } from './aborted.ts'
import type { ServingReport } from './banner.ts'
import { prepareRealms } from './prepare-realms.ts'
import { prepareSecrets } from './prepare-secrets.ts'

/** What surrounds a server: the process alone, or a supervisor with several workers. */
export interface Surroundings {
  readonly loggers: Loggers
  /** Which worker of this machine it is; absent for a process on its own. */
  readonly worker?: WorkerSlot
  /** Shows the reports to the outside, first of all and until the end. @returns the URL, if there is one, and the end */
  publish(reports: ServerReports): Promise<{ url: string | undefined } & AsyncDisposable>
  /** Where the access log goes that has a file of its own. */
  readonly accessLogFile: LineSink | undefined
  /** Called when requests are taken. */
  serving(report: ServingReport): void
}

/**
 * Starts everything in order — database, clustering, domains, protocols, http — serves until `signal` is aborted, and ends
 * everything in reverse: not ready, a delay for load balancers, requests under way, then the rest.
 * @throws StartError, SettingError and what the parts throw
 */
export async function runServer(
  settings: ServerSettings,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now()
  const { loggers } = surroundings
  await using running = new DisposalStack()
  const reports: ServerReports = { health: new HealthChecks(), metrics: new Registry() }
  const published = running.use(await surroundings.publish(reports))
  const foundation = await layFoundation(settings, surroundings, reports, running, signal)

  const remote = await composeRemoteStore(foundation, running)
  const clustering = await startClustering(foundation, running, signal)
  const domains = await composeDomains(foundation, clustering, remote, running)
  addServerJobs(foundation, domains, clustering.jobs)
  const services = loggers.of('org.keycloak.services')
  const administrator = await throughOutages(foundation.database, services, signal, async () => {
    await prepareRealms({
      data: domains,
      transfer: domains.transfer,
      logger: services,
      ...settings,
    })
    await prepareSecrets(foundation, domains)
    return await domains.transfer.firstAdministrator.exists()
  })
  const tracing = await openTracing(settings.telemetry.tracing, running)
  const timings = new HttpTimings({ registry: reports.metrics, ...settings.management })
  const arriving = new ArrivingBodies()
  const listen = () => {
    const app = createListener({
      settings: settings.http,
      logger: services,
      requests: loggers.requests,
      clientAddress: (request) => foundation.urls.clientAddress(request),
      arriving,
      outage: foundation.outage,
      isOff: switchedOffPaths(settings.features),
      unseenHeaders: settings.features.has('DPOP') ? [] : ['dpop'],
    })
    timings.observe(app)
    holdAnswers(app, domains.events)
    tracing?.observe(app, loggers.requests)
    return app
  }
  const app = listen()
  const documents = await registerProtocols(app, foundation, domains)
  const later = new LaterRouter({
    prefix: settings.http.relativePath + adminPrefix,
    open: async () => await composeAdmin(listen(), foundation, clustering, domains),
    onError: (err) => services.error({ err }, 'Admin REST could not be loaded'),
  })

  const servers = composeServers({
    foundation,
    app,
    later,
    documents,
    timings,
    accessLogFile: surroundings.accessLogFile,
  })
  await tellCertificates(settings.management.tls, servers, reports.metrics, running)
  running.defer(async () => await servers.close(settings.shutdownTimeoutMs))
  const urls = await servers.listen()
  reports.health.serving()
  const seconds = ((performance.now() - start) / 1000).toFixed(3)
  const management =
    published.url === undefined ? '' : ` Management interface listening on ${published.url}.`
  surroundings.serving({
    text: `started in ${seconds}s. Listening on: ${urls.join(' and ')}.${management}`,
    urls,
    managementUrl: published.url,
    administrator,
  })
  clustering.jobs.begin()
  beginToSend(domains)

  await aborted(signal)
  reports.health.stopping()
  servers.drain()
  await pause(settings.shutdownDelayMs)
}

/** When certificates end; the one of the management port the supervisor may hold. */
async function tellCertificates(
  managementTls: TlsSettings | undefined,
  servers: HttpServers,
  metrics: Registry,
  running: DisposalStack,
): Promise<void> {
  const watch = managementTls && running.use(await CertificateWatch.open(managementTls))
  registerCertificateMetric(metrics, {
    main: () => servers.certificateEndsAtMs,
    management: () => watch?.endsAtMs,
  })
}

/** Sends what waits in the outboxes. */
function beginToSend({ mailSender, webhookSender, logoutSender, workflowRunner }: Domains): void {
  mailSender.begin()
  webhookSender.begin()
  logoutSender.begin()
  workflowRunner.begin()
}

/** Loaded only when it is wanted. */
async function openTracing(
  settings: TracingSettings | undefined,
  running: DisposalStack,
): Promise<Tracing | undefined> {
  if (settings === undefined) return undefined
  const { Tracing } = await import('../telemetry/tracing.ts')
  return running.use(await Tracing.open(settings))
}

interface ServersSource {
  readonly foundation: Foundation
  readonly app: FastifyInstance
  readonly later: LaterRouter
  readonly documents: PublishedDocuments
  readonly timings: HttpTimings
  readonly accessLogFile: LineSink | undefined
}

/** The listeners, with what answers before the router does. */
function composeServers(source: ServersSource): HttpServers {
  const { foundation, app, later, documents, timings, accessLogFile } = source
  const { settings } = foundation
  const management = composeManagementOnMain(settings)
  const siteCheck = composeSiteCheck(foundation)
  return new HttpServers({
    settings: settings.http,
    app,
    later,
    answersAtHand: (request, response) => {
      if (management?.answer(request, response) === true) return true
      if (siteCheck?.answer(request, response) === true) return true
      const begin = performance.now()
      const route = documents.answer(request, response)
      if (route === undefined) return false
      timings.recordRoute('GET', 200, route, (performance.now() - begin) / 1000)
      return true
    },
    answersAtOnce: (request) => documents.mayAnswer(request),
    accessLog: composeAccessLog(foundation, accessLogFile),
    onRefused: ({ method = '' }) => timings.record(method, 503, 'UNKNOWN', 0),
    onTooMany: (network) =>
      foundation.loggers
        .of('org.keycloak.holdfast')
        .warn(`${network} holds http-max-connections-per-address connections: more are ended`),
  })
}

/** Balancers between sites ask the main port, where somebody has several sites. */
function composeSiteCheck({ settings, health }: Foundation): SiteCheck | undefined {
  const { features, http } = settings
  const several = features.has('MULTI_SITE') || features.has('STATELESS')
  return several ? new SiteCheck(health, http.relativePath) : undefined
}

/** @returns undefined where the management port shows everything */
function composeManagementOnMain({
  management,
  http,
}: ServerSettings): ManagementOnMain | undefined {
  const { health, metrics } = management.onMain
  if (!health && !metrics) return undefined
  const speaker = cluster.isWorker ? process.ppid : process.pid
  return new ManagementOnMain(management.onMain, http.relativePath, managementSocket(speaker))
}
