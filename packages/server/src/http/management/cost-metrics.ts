import { Counter, type Registry } from 'prom-client'
import { costlyWork } from '../../shared/costly-work.ts'

/** Counts what requests cost: signatures, password hashes, statements and the messages that carried them. */
export function registerCostMetrics(registry: Registry): void {
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
  const signatures = counter('holdfast_signatures_total', 'Signatures made', ['algorithm'])
  const hashes = counter('holdfast_password_hashes_total', 'Password hashes computed')
  const statements = counter('holdfast_sql_statements_total', 'Statements sent to the database')
  const messages = counter('holdfast_sql_round_trips_total', 'Messages sent to the database')
  // The series of an algorithm, so that its label is not looked up with every signature.
  const series = new Map<unknown, Counter.Internal>()
  costlyWork.signature.subscribe((algorithm) => {
    const known = series.get(algorithm) ?? signatures.labels(String(algorithm))
    series.set(algorithm, known)
    known.inc()
  })
  costlyWork.passwordHash.subscribe(() => hashes.inc())
  costlyWork.statements.subscribe((count) => {
    statements.inc(Number(count))
    messages.inc()
  })
}
