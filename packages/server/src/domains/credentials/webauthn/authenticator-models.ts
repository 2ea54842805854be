import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ownMember } from '../../../shared/own-member.ts'

/** What users are told of a model of authenticators. */
export interface AuthenticatorModel {
  readonly name: string
  /** File below `passkeys/` of the account console's theme, for light and for dark pages. */
  readonly iconLight?: string | undefined
  readonly iconDark?: string | undefined
}

/** In the folder `conf`, by Keycloak's name. */
const fileName = 'keycloak-webauthn-metadata.json'
const own = z.record(z.string(), z.string())
const given = z.record(
  z.string(),
  z.object({
    name: z.string().min(1),
    icon_light: z.string().nullish(),
    icon_dark: z.string().nullish(),
  }),
)

/**
 * Models of authenticators by AAGUID: those that come with the server, or those of the operator's file, which takes their
 * place as in Keycloak. Read when they are first asked for.
 */
export class AuthenticatorModels {
  readonly #folder: string
  readonly #conf: string
  #known: Readonly<Record<string, AuthenticatorModel>> | undefined

  /** @param folder of the list that comes with the server. @param conf the folder `conf` */
  constructor(folder: string, conf: string) {
    this.#folder = folder
    this.#conf = conf
  }

  /** @throws ZodError; SyntaxError where the operator's own file cannot be understood */
  byAaguid(aaguid: string): AuthenticatorModel | undefined {
    this.#known ??= this.#read()
    return ownMember(this.#known, aaguid.toLowerCase())
  }

  #read(): Readonly<Record<string, AuthenticatorModel>> {
    const operators = textOf(join(this.#conf, fileName))
    const entries =
      operators === null
        ? Object.entries(own.parse(JSON.parse(this.#ownText()))).map(
            ([aaguid, name]) => [aaguid, { name }] as const,
          )
        : Object.entries(given.parse(JSON.parse(operators))).map(
            ([aaguid, { name, icon_light: light, icon_dark: dark }]) =>
              [
                aaguid.toLowerCase(),
                { name, iconLight: light ?? undefined, iconDark: dark ?? undefined },
              ] as const,
          )
    return Object.fromEntries(entries)
  }

  #ownText(): string {
    return readFileSync(join(this.#folder, 'authenticators.json'), 'utf8')
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
