import type { CDPSession, Page } from 'playwright-core'

/** What Chromium's virtual authenticator can do. */
export interface AuthenticatorOptions {
  readonly transport?: 'usb' | 'internal'
  readonly hasUserVerification?: boolean
  readonly isUserVerified?: boolean
}

/** A credential as the browser tells of it. */
export interface HeldKey {
  readonly credentialId: string
  readonly isResidentCredential: boolean
  readonly rpId?: string
  readonly privateKey: string
  readonly userHandle?: string
  readonly signCount: number
}

/** An authenticator inside Chromium, driven over its DevTools protocol; belongs to one page. */
export class VirtualAuthenticator {
  readonly #session: CDPSession
  readonly #authenticatorId: string

  private constructor(session: CDPSession, authenticatorId: string) {
    this.#session = session
    this.#authenticatorId = authenticatorId
  }

  static async plugIn(
    page: Page,
    {
      transport = 'usb',
      hasUserVerification = true,
      isUserVerified = true,
    }: AuthenticatorOptions = {},
  ): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable', { enableUI: false })
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport,
        hasResidentKey: true,
        hasUserVerification,
        isUserVerified,
        automaticPresenceSimulation: true,
      },
    })
    return new VirtualAuthenticator(session, authenticatorId)
  }

  async keys(): Promise<HeldKey[]> {
    const { credentials } = await this.#session.send('WebAuthn.getCredentials', this.#named)
    return credentials
  }

  /** Puts a key into it that another one has made: with a lower counter it is a copy. */
  async insert(credential: HeldKey): Promise<void> {
    await this.#session.send('WebAuthn.addCredential', { ...this.#named, credential })
  }

  async verifyUser(isUserVerified: boolean): Promise<void> {
    await this.#session.send('WebAuthn.setUserVerified', { ...this.#named, isUserVerified })
  }

  get #named(): { authenticatorId: string } {
    return { authenticatorId: this.#authenticatorId }
  }
}
