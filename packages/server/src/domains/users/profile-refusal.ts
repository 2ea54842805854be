/** Why a value is refused: Keycloak's message key and its parameters behind the attribute's name. */
export interface Refusal {
  readonly message: string
  readonly params: readonly unknown[]
}
