import { randomBytes, timingSafeEqual } from 'node:crypto'
import { numberMember, textMember } from '../credential.ts'
import type { DeriveKey } from './hashing-thread.ts'
import { type HashedPassword, type PasswordHash, saltBytes } from './password-hash.ts'
import { argon2IterationsMax } from './password-rules.ts'

/** Keycloak's defaults; memory in KiB. */
const defaults = {
  iterations: 5,
  memoryKiB: 7168,
  parallelism: 1,
  hashBytes: 32,
  type: 'id',
  version: '1.3',
}

/** Largest memory that an imported credential may ask for: beyond it one login could exhaust the node. */
const memoryKiBMax = 262_144
/** Most memory times passes: about half a second of a core. */
const workMax = 1_048_576
/** Above a little more than Keycloak's default, about 30 ms. */
const usualWorkMax = 2 * 5 * 7168
const parallelismMax = 16
/** RFC 9106 §3.1. */
const saltBytesMin = 8
const hashBytesMax = 1024

/** Numbers that the native module expects (its constant enums cannot be imported with isolated modules). */
const types: Readonly<Record<string, number>> = { d: 0, i: 1, id: 2 }
const versions: Readonly<Record<string, number>> = { '1.0': 0, '1.3': 1 }

interface Argon2Parameters {
  readonly iterations: number
  readonly memoryKiB: number
  readonly parallelism: number
  readonly hashBytes: number
  readonly type: string
  readonly version: string
}

/** Argon2 (RFC 9106). */
export const argon2Hash: PasswordHash = {
  algorithm: 'argon2',

  async hash(deriveKey, password, iterations) {
    const parameters = { ...defaults, iterations: iterations ?? defaults.iterations }
    const salt = randomBytes(saltBytes)
    const value = await derive(deriveKey, password, salt, parameters)
    return {
      secretData: {
        value: value.toString('base64'),
        salt: salt.toString('base64'),
        additionalParameters: {},
      },
      credentialData: {
        hashIterations: parameters.iterations,
        algorithm: 'argon2',
        additionalParameters: {
          hashLength: [String(parameters.hashBytes)],
          memory: [String(parameters.memoryKiB)],
          type: [parameters.type],
          version: [parameters.version],
          parallelism: [String(parameters.parallelism)],
        },
      },
    }
  },

  async verify(deriveKey, password, stored) {
    const expected = bytesOf(stored, 'value')
    const salt = bytesOf(stored, 'salt')
    const parameters = parametersOf(stored)
    const actual = await derive(deriveKey, password, salt, parameters)
    return timingSafeEqual(actual, expected)
  },

  isComputable(stored) {
    const { iterations, memoryKiB, parallelism, hashBytes, type, version } = parametersOf(stored)
    return (
      isBetween(iterations, 1, argon2IterationsMax) &&
      isBetween(parallelism, 1, parallelismMax) &&
      isBetween(memoryKiB, 8 * parallelism, memoryKiBMax) &&
      memoryKiB * iterations <= workMax &&
      isBetween(hashBytes, 4, hashBytesMax) &&
      bytesOf(stored, 'value').length === hashBytes &&
      bytesOf(stored, 'salt').length >= saltBytesMin &&
      Object.hasOwn(types, type) &&
      Object.hasOwn(versions, version)
    )
  },

  isCostly(stored) {
    const { iterations, memoryKiB } = parametersOf(stored)
    return memoryKiB * iterations > usualWorkMax
  },

  isCostlyPolicy: (iterations = defaults.iterations) =>
    iterations * defaults.memoryKiB > usualWorkMax,

  isCurrent(stored, iterations) {
    const used = parametersOf(stored)
    const wanted: Argon2Parameters = { ...defaults, iterations: iterations ?? defaults.iterations }
    return (Object.keys(wanted) as (keyof Argon2Parameters)[]).every(
      (name) => used[name] === wanted[name],
    )
  },

  strength(stored) {
    const used = parametersOf(stored)
    return `Argon2${used.type}-${used.version}[m=${used.memoryKiB},t=${used.iterations},p=${used.parallelism}]`
  },
}

function parametersOf(stored: HashedPassword): Argon2Parameters {
  const additional = (stored.credentialData['additionalParameters'] ?? {}) as Record<
    string,
    string[] | undefined
  >
  const first = (name: string): string | undefined => additional[name]?.[0]
  return {
    iterations: numberMember(stored.credentialData, 'hashIterations', defaults.iterations),
    memoryKiB: Number(first('memory') ?? defaults.memoryKiB),
    parallelism: Number(first('parallelism') ?? defaults.parallelism),
    hashBytes: Number(first('hashLength') ?? defaults.hashBytes),
    type: first('type') ?? defaults.type,
    version: first('version') ?? defaults.version,
  }
}

function bytesOf(stored: HashedPassword, name: string): Buffer {
  return Buffer.from(textMember(stored.secretData, name) ?? '', 'base64')
}

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

/** @throws TypeError for a type or version that nobody knows */
async function derive(
  deriveKey: DeriveKey,
  password: string,
  salt: Uint8Array,
  parameters: Argon2Parameters,
): Promise<Buffer> {
  const algorithm = types[parameters.type]
  const version = versions[parameters.version]
  if (algorithm === undefined || version === undefined) {
    throw new TypeError(`argon2${parameters.type} version ${parameters.version} is not known`)
  }
  const options = {
    algorithm,
    version,
    salt,
    timeCost: parameters.iterations,
    memoryCost: parameters.memoryKiB,
    parallelism: parameters.parallelism,
    outputLen: parameters.hashBytes,
  }
  return await deriveKey({ algorithm: 'argon2', password, options })
}
