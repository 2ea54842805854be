import type { Locator } from 'playwright-core'
import type { WatchedPage } from './watched-page.ts'

/** What an administrator makes in the forms of the admin console, one method a thing; each ends when the console shows it. */
export class AdminConsoleForms {
  readonly #watched: WatchedPage
  readonly #console: string
  readonly #realm: string

  /** @param console address of the console, with a slash at the end */
  constructor(watched: WatchedPage, console: string, realm: string) {
    this.#watched = watched
    this.#console = console
    this.#realm = realm
  }

  async open(path: string): Promise<void> {
    await this.#watched.visit(`${this.#console}#/${this.#realm}${path}`)
  }

  async makeRealm(): Promise<void> {
    await this.#watched.visit(`${this.#console}#/master/realms`)
    await this.#by('add-realm').click()
    await this.#page.locator('#realm-form input[name=realm]').fill(this.#realm)
    await this.#by('create').click()
    await this.#page.waitForURL((url) => url.hash.startsWith(`#/${this.#realm}`))
  }

  async makeClient(clientId: string): Promise<void> {
    await this.open('/clients/add-client')
    await this.#by('clientId').fill(clientId)
    await this.#button('Next').click()
    await this.#by('authentication').locator('..').click()
    await this.#button('Next').click()
    await this.#by('redirectUris0').fill('http://localhost:9/*')
    await this.#button('Save').click()
    await this.#page.waitForURL(/clients\/[0-9a-f-]{36}\/settings/)
  }

  async openMappers(clientId: string): Promise<void> {
    await this.open('/clients')
    await this.#page.getByRole('link', { name: clientId, exact: true }).click()
    await this.#page.getByRole('tab', { name: 'Client scopes' }).click()
    await this.#page.getByRole('link', { name: `${clientId}-dedicated` }).click()
  }

  /** A hardcoded claim of the client itself. */
  async makeMapper(clientId: string, claim: string, value: string): Promise<void> {
    await this.openMappers(clientId)
    await this.#button('Configure a new mapper').click()
    await this.#page.getByText('Hardcoded claim', { exact: true }).first().click()
    await this.#by('name').fill(`says ${claim}`)
    await this.#by('claim.name').fill(claim)
    await this.#by('claim.value').fill(value)
    await this.#by('save').click()
    await this.#page.getByText('Mapping successfully created').first().waitFor()
  }

  async makeUser(username: string): Promise<void> {
    await this.open('/users/add-user')
    await this.#by('username').fill(username)
    await this.#by('email').fill(`${username}@example.org`)
    await this.#by('firstName').fill('Ada')
    await this.#by('lastName').fill('Lovelace')
    await this.#by('user-creation-save').click()
    await this.#page.waitForURL(/users\/[0-9a-f-]{36}\/settings/)
  }

  /** Of the user whose page is open. */
  async setPassword(password: string): Promise<void> {
    await this.#by('credentials').click()
    await this.#button('Set password').first().click()
    await this.#by('passwordField').fill(password)
    await this.#by('passwordConfirmationField').fill(password)
    await this.#page.locator('label[for="temporaryPassword"]').last().click()
    await this.#by('confirm').first().click()
    await this.#button('Save password').click()
    await this.#page.getByText('My password').waitFor()
  }

  async makeGroup(name: string): Promise<void> {
    await this.open('/groups')
    await this.#button('Create group').first().click()
    await this.#page.getByRole('dialog').getByTestId('name').fill(name)
    await this.#by('createGroup').click()
    await this.#page.getByText(name).first().waitFor()
  }

  async makeRole(name: string): Promise<void> {
    await this.open('/roles/new')
    await this.#by('name').fill(name)
    await this.#by('save').click()
    await this.#page.waitForURL(/roles\/[0-9a-f-]{36}\//)
  }

  async copyBrowserFlow(alias: string): Promise<void> {
    await this.open('/authentication/flows')
    const row = this.#page.getByRole('row', { name: /^browser/i }).first()
    await row.getByRole('button', { name: 'Kebab toggle' }).click()
    await this.#page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await this.#page.getByRole('dialog').getByTestId('alias').fill(alias)
    await this.#by('confirm').click()
    await this.#page.getByRole('heading', { name: alias }).waitFor()
  }

  /** In the flow whose page is open: drags a step onto the one before it. */
  async moveStep(step: string, onto: string): Promise<void> {
    const from = await middleOf(this.#row(step))
    const to = await middleOf(this.#row(onto))
    const { mouse } = this.#page
    const moved = this.#page.waitForResponse((answer) => /-priority$/.test(answer.url()))
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move(from.x + 2, from.y - 5)
    await mouse.move(to.x, to.y, { steps: 15 })
    await mouse.move(to.x, to.y - to.height / 3, { steps: 5 })
    await mouse.up()
    await moved
  }

  /** @returns the steps of the flow whose page is open, in their order */
  async steps(): Promise<string[]> {
    await this.#row('Cookie').waitFor()
    const rows = await this.#page.locator('table tbody tr').allInnerTexts()
    return rows.map((text) => text.split('\n')[2]?.trim() ?? '')
  }

  async makeIdentityProvider(alias: string): Promise<void> {
    await this.open('/identity-providers/oidc/add')
    await this.#by('alias').fill(alias)
    await this.#page.locator('label[for="kc-discovery-endpoint-switch"]').click()
    await this.#by('config.authorizationUrl').fill('https://partner.example/auth')
    await this.#by('config.tokenUrl').fill('https://partner.example/token')
    await this.#by('config.clientId').fill('us')
    await this.#by('config.clientSecret').fill('partner-secret')
    await this.#by('createProvider').click()
    await this.#page.waitForURL(new RegExp(`${alias}/settings`))
  }

  async makeProfileAttribute(name: string): Promise<void> {
    await this.open('/realm-settings/user-profile/attributes')
    await this.#by('createAttributeBtn').click()
    await this.#by('attributes-name').or(this.#by('name')).first().fill(name)
    await this.#by('attribute-create').click()
    await this.#page.locator('.pf-v5-c-alert').first().waitFor()
  }

  async openTexts(): Promise<void> {
    await this.open('/realm-settings/localization')
    await this.#by('rs-localization-realm-overrides-tab').click()
  }

  async makeText(key: string, value: string): Promise<void> {
    await this.openTexts()
    await this.#by('add-translationBtn')
      .or(this.#button(/add translation/i))
      .first()
      .click()
    const dialog = this.#page.getByRole('dialog')
    await dialog.getByTestId('key').fill(key)
    await dialog.getByTestId('value').fill(value)
    await this.#by('add-translation-confirm-button').click()
    await this.#page.getByText(value).waitFor()
  }

  get #page() {
    return this.#watched.page
  }

  #by(testId: string): Locator {
    return this.#page.getByTestId(testId)
  }

  #button(name: string | RegExp): Locator {
    return this.#page.getByRole('button', { name })
  }

  #row(text: string): Locator {
    return this.#page.locator('tr').filter({ hasText: text }).first()
  }
}

async function middleOf(row: Locator): Promise<{ x: number; y: number; height: number }> {
  const box = await row.boundingBox()
  if (box === null) throw new Error('The row is not shown')
  return { x: box.x + 20, y: box.y + box.height / 2, height: box.height }
}
