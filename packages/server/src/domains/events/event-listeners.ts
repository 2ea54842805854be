/** What a realm may name in `eventsListeners`: Keycloak's two, and webhooks, which it lacks. */
export const eventListeners = ['jboss-logging', 'email', 'webhook'] as const
