import {
  decodeEntities,
  headingsOf,
  pageIdOf,
  parseForms,
  textOf,
  titleOf,
} from '../harness/html-page.ts'
import { normalAddress } from './normal-address.ts'
import { type Names, normalText } from './normal-value.ts'

/** What a visitor and a script see of a page, without its looks. */
export interface NormalPage {
  readonly id: string | null
  readonly title: string | null
  readonly headings: readonly string[]
  readonly messages: readonly string[]
  readonly forms: readonly unknown[]
  readonly links: readonly unknown[]
}

/** Elements in which the login pages say what went wrong or is asked for. */
const messageElement =
  /<(\w+)\b[^>]*(?:id="(?:input-error[\w.-]*|kc-error-message|kc-info-message)"|class="[^"]*(?:kc-feedback-text|instruction)[^"]*")[^>]*>([\s\S]*?)<\/\1>/gi

/** Reads a page of the login theme. */
export function normalPage(html: string, names: Names): NormalPage {
  const visible = html.replace(/<!--[\s\S]*?-->/g, '')
  const text = (value: string): string => String(normalText(value, names, ''))
  return {
    id: pageIdOf(visible),
    title: titleOf(visible) === null ? null : text(titleOf(visible) ?? ''),
    headings: headingsOf(visible)
      .filter(([tag]) => tag === 'h1')
      .map(([, heading]) => text(heading)),
    messages: messagesOf(visible).map(text),
    forms: parseForms(visible).map(({ id, action, method, controls }) => ({
      id,
      method,
      action: normalAddress(action, names),
      controls: controls.map(({ name, type, value, checked }) => ({
        name,
        type,
        value: normalText(value, names, name),
        ...(checked ? { checked } : {}),
      })),
    })),
    links: linksOf(visible).map((href) => normalAddress(href, names)),
  }
}

function messagesOf(html: string): string[] {
  return [...html.matchAll(messageElement)]
    .map(([, , inner]) => textOf(inner ?? ''))
    .filter((text, index, all) => text !== '' && all.indexOf(text) === index)
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/gi)]
    .map(([, href]) => decodeEntities(href ?? ''))
    .filter((href) => href !== '' && href !== '#')
}
