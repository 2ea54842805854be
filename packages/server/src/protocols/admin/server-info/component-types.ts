import { componentProviders } from '../../../domains/components/component-providers.ts'
import { describeComponentType } from '../describe-component-type.ts'

/** In the shape of `serverinfo`: providers by Java interface of Keycloak. */
export const componentTypes = Object.fromEntries(
  Object.entries(componentProviders).map(([type, providers]) => [
    type,
    Object.entries(providers).map(([id, { properties }]) => describeComponentType(id, properties)),
  ]),
)
