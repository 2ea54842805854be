import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificates } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const root = resolve(import.meta.dirname, '../../../..')
const rules = readFileSync(resolve(root, 'deploy/grafana/alerts.yaml'), 'utf8')
const dashboard = readFileSync(resolve(root, 'deploy/grafana/dashboard.json'), 'utf8')
const runbook = readFileSync(resolve(root, 'docs/operating/runbook.md'), 'utf8')
const certificates = new TestCertificates()
let running: TestServer
let page = ''

beforeAll(async () => {
  const { certificateFile, keyFile } = certificates.make('/CN=id.test')
  running = await startTestServer({
    options: [
      '--cache=ispn',
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${await freePort()}`,
      '--event-metrics-user-enabled=true',
      '--http-metrics-slos=250',
      `--https-certificate-file=${certificateFile}`,
      `--https-certificate-key-file=${keyFile}`,
      `--https-port=${await freePort()}`,
      '--http-management-scheme=http',
      '--db-pool-initial-size=9',
    ],
  })
  await fetch(`${running.realmUrl('demo')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: 'x',
      password: 'y',
    }),
  })
  await fetch(`${running.url}/realms/demo`)
  page = await (await fetch(`${running.server.managementUrl}/metrics`)).text()
})

afterAll(async () => {
  await running[Symbol.asyncDispose]()
  certificates[Symbol.dispose]()
})

/** Names of metrics in expressions of Prometheus. */
function metricsIn(text: string): string[] {
  const names =
    text.match(/\b(?:vendor|holdfast|agroal|http|keycloak|nodejs|process)_[a-z0-9_]+/g) ?? []
  return [...new Set(names)].sort()
}

/** Only there once a peer is: one node has none. */
const ofPeers = new Set(['holdfast_cluster_peer_reachable'])

describe('alert rules and dashboards', () => {
  it.each([
    ['rules', rules],
    ['dashboard', dashboard],
  ])('ask only for metrics that there are: %s', (_, text) => {
    const asked = metricsIn(text.replaceAll(/runbook: \S+/g, ''))
    const there = new Set(page.match(/^[a-z_0-9]+/gm))
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((name) => !there.has(name) && !ofPeers.has(name))).toEqual([])
  })

  it('each alert has its place in the runbook', () => {
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
    const places = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name)
    expect(places).toEqual(alerts)
    for (const name of alerts) {
      expect(rules).toContain(`runbook: docs/operating/runbook.md#${name?.toLowerCase()}`)
    }
  })

  it('connections that are wanted at the start are opened', () => {
    const opened = /^agroal_creation_count_total\{.*\} (\d+)$/m.exec(page)?.[1]
    expect(Number(opened)).toBeGreaterThanOrEqual(9)
  })

  it('a certificate tells when it ends', () => {
    const at = Number(
      /^holdfast_certificate_expiry_seconds\{listener="main"\} (\S+)$/m.exec(page)?.[1],
    )
    const days = (at - Date.now() / 1000) / 86_400
    expect(days).toBeGreaterThan(1)
    expect(days).toBeLessThan(2.1)
  })
})
