import type { ComponentConfig, ComponentProperty } from '../realms/component-property.ts'
import type { Component } from '../realms/realm.ts'

/** What a component may refer to. */
export interface ComponentSurroundings {
  readonly realmName: string
  readonly clientScopeNames: ReadonlySet<string>
  /** @returns whether a role (`name`, or `clientId.name`) is there */
  hasRole(name: string): Promise<boolean>
  /** @returns whether there is a group at this path */
  hasGroup(path: string): Promise<boolean>
}

/** One provider of a component type: what an administrator sets, and what is refused. */
export interface ComponentProvider {
  readonly properties: readonly ComponentProperty[]
  /** @throws ModelError `invalid` in Keycloak's words */
  check?(config: ComponentConfig, surroundings: ComponentSurroundings): void | Promise<void>
  /** Settings that Keycloak adds to those that were given. */
  completed?(config: Record<string, string[]>): Record<string, string[]>
  /** Components that come into being below a new one of this kind. */
  children?(component: Component): Component[]
}

export type ComponentProviders = Readonly<Record<string, ComponentProvider>>
