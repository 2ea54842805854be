import '@holdfast/console-host/web-crypto-shim'
import '@patternfly/patternfly/patternfly-addons.css'
import '@patternfly/react-core/dist/styles/base.css'
import '@keycloak/keycloak-admin-ui/styles.css'

import { followColourScheme } from '@holdfast/console-host/dark-mode'
import { environment } from '@holdfast/console-host/environment'
import { loadTexts } from '@holdfast/console-host/load-texts'
import { App } from '@keycloak/keycloak-admin-ui/src/App'
import { routes } from '@keycloak/keycloak-admin-ui/src/routes'
import { KeycloakProvider } from '@keycloak/keycloak-ui-shared'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createHashRouter, RouterProvider } from 'react-router-dom'

followColourScheme()

// Each realm may have texts of its own: the console asks for a realm's texts as the namespace with its name.
await loadTexts({
  namespace: environment.realm,
  url: `${environment.adminBaseUrl}/resources/{{ns}}/admin/{{lng}}`,
})

const router = createHashRouter([
  {
    path: '/',
    element: (
      <KeycloakProvider environment={environment}>
        <App />
      </KeycloakProvider>
    ),
    children: routes,
  },
])

createRoot(document.getElementById('app')).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
)
