import { z } from 'zod'

/** What differs on purpose, or does not agree yet, and why. */
const differenceShape = z.strictObject({
  /** `step name: place`, as the comparison prints it; `*` stands for any text. */
  at: z.string(),
  why: z.string().min(10),
})

const texts = z.record(z.string(), z.string())

const requestShape = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']).default('GET'),
  /** From the origin; `{realm}` and every kept value may stand in it. */
  path: z.string().startsWith('/'),
  query: texts.optional(),
  headers: texts.optional(),
  json: z.unknown().optional(),
  form: texts.optional(),
  /** A body that is sent as it stands, with the content type of `headers`. */
  text: z.string().optional(),
})

const stepShape = z.strictObject({
  name: z.string(),
  /**
   * Whose token goes along: `admin` (of the realm master; what `/admin/…` has unless said otherwise), `nobody`, or a
   * kept token such as `{token}`.
   */
  as: z.string().optional(),
  /** Name of a browser: its cookies go along, and its page is there for the next step. */
  browser: z.string().optional(),
  request: requestShape.optional(),
  /** Fills in a form of the browser's page and sends it; the first one that posts where none is named. */
  submit: z
    .strictObject({
      form: z.string().optional(),
      fields: texts,
      button: z.string().optional(),
      headers: texts.optional(),
    })
    .optional(),
  /** Goes where the browser's last answer sent it, or where the link of this id or text on its page leads. */
  follow: z.union([z.literal('redirect'), z.strictObject({ link: z.string() })]).optional(),
  /**
   * Values for later steps, by name: `location` (last part of the Location header), `redirect.code` (a parameter of the
   * address that it names), `body.access_token`, `body.0.id`, `body.name=admin.id` (of an array's element), `body` (a text),
   * `hotp.totpSecret` (the first one-time code of the secret in that control of a page).
   */
  keep: texts.optional(),
  /** Waits before it: Keycloak compares some times in whole seconds. */
  afterMs: z.number().int().max(2_000).optional(),
  /** True where Keycloak does what the step before caused only after it has answered: a recording waits for it. */
  settled: z.boolean().default(false),
  /** False leaves the answer out of the comparison: the step only prepares the next ones. */
  compare: z.boolean().default(true),
  /** True where the order of arrays counts. */
  ordered: z.boolean().default(false),
})

const scenarioShape = z.strictObject({
  /** What the scenario shows, in a sentence. */
  about: z.string(),
  /** The realm that is made before the first step, beside its name; null: the scenario makes `{realm}` itself. */
  realm: z.union([z.null(), z.record(z.string(), z.unknown())]).default({ enabled: true }),
  steps: z.array(stepShape).min(1),
  /** What Holdfast answers otherwise on purpose. */
  onPurpose: z.array(differenceShape).default([]),
  /** What Holdfast answers otherwise and should not. An entry that no longer differs fails, so that it goes. */
  notYet: z.array(differenceShape).default([]),
})

/** Requests that are played against a real Keycloak and against Holdfast, in order, in a realm of their own. */
export type Scenario = z.output<typeof scenarioShape>

/** One request of a scenario. */
export type Step = Scenario['steps'][number]

/** A difference that is known, with its reason. */
export type KnownDifference = z.output<typeof differenceShape>

/** @throws with every mistake when the value is no scenario */
export function parseScenario(value: unknown, file: string): Scenario {
  const parsed = scenarioShape.safeParse(value)
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`)
  const names = parsed.data.steps.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`${file}: two steps are named "${twice}"`)
  return parsed.data
}

/** @throws when the value is no list of known differences */
export function parseKnownDifferences(value: unknown): KnownDifference[] {
  return z.array(differenceShape).parse(value)
}
