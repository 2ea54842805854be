import { metadataDocumentExecutor } from '../metadata-documents/document-policy.ts'
import { flagOf, secondsOf, textOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor } from './executor.ts'

const daySeconds = 86_400

/** These refuse nothing: they make the rest of a request act otherwise. */
export const effectExecutors: readonly PolicyExecutor[] = [
  // It acts before there is a client that could be judged: see `documentPolicyOf`.
  { id: metadataDocumentExecutor },
  {
    id: 'auth-flow-enforcer',
    calls: {
      AUTHORIZATION_REQUEST: (_call, configuration, _deps, effects) => {
        const alias = textOf(configuration, 'auth-flow-alias')
        if (alias === undefined) return
        const level = Number(textOf(configuration, 'auth-flow-loa') ?? Number.NaN)
        effects.flow = { alias, level: Number.isInteger(level) ? level : null }
      },
    },
  },
  {
    id: 'use-lightweight-access-token',
    calls: on(
      [
        'TOKEN_REQUEST',
        'TOKEN_REFRESH',
        'RESOURCE_OWNER_PASSWORD_CREDENTIALS_REQUEST',
        'SERVICE_ACCOUNT_TOKEN_REQUEST',
        'BACKCHANNEL_TOKEN_REQUEST',
        'DEVICE_TOKEN_REQUEST',
      ],
      (_call, _configuration, _deps, effects) => {
        effects.lightweightAccessToken = true
      },
    ),
  },
  {
    id: 'suppress-refresh-token-rotation',
    calls: {
      TOKEN_REFRESH: (_call, _configuration, _deps, effects) => {
        effects.suppressesRefreshToken = true
      },
    },
  },
  {
    id: 'registration-access-token-rotation-disabled',
    always: (_occasion, _configuration, _deps, effects) => {
      effects.keepsRegistrationToken = true
    },
  },
  {
    id: 'secret-rotation',
    changes: on(['REGISTERED', 'UPDATED'], ({ proposed }, configuration, _deps, effects) => {
      if (flagOf(proposed, 'publicClient') || flagOf(proposed, 'bearerOnly')) return
      effects.rotatesSecret = {
        expirationPeriod: secondsOf(configuration, 'expiration-period', 29 * daySeconds),
        rotatedExpirationPeriod: secondsOf(
          configuration,
          'rotated-expiration-period',
          2 * daySeconds,
        ),
        remainingPeriod: secondsOf(configuration, 'remaining-rotation-period', 10 * daySeconds),
      }
    }),
  },
]
