import bowser from 'bowser'

/** What a browser says of itself, as the account console shows it. */
export interface Device {
  /** `Firefox/128.0`; `Other` where nothing is known. */
  readonly browser: string
  readonly os: string
  readonly osVersion: string
  readonly device: string
  readonly mobile: boolean
}

const unknown: Device = {
  browser: 'Other',
  os: 'Other',
  osVersion: 'Unknown',
  device: 'Other',
  mobile: false,
}
const charactersMax = 512

/** @returns the device that a `User-Agent` header names */
export function deviceOf(userAgent: string | undefined): Device {
  if (!userAgent) return unknown
  const { browser, os, platform } = bowser.parse(userAgent.slice(0, charactersMax))
  const name = browser.name ?? unknown.browser
  return {
    browser: browser.version === undefined ? name : `${name}/${browser.version}`,
    os: os.name ?? unknown.os,
    osVersion: os.version ?? unknown.osVersion,
    device: platform.model ?? unknown.device,
    mobile: platform.type === 'mobile' || platform.type === 'tablet',
  }
}
