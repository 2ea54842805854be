import '@holdfast/console-host/web-crypto-shim'
import '@patternfly/patternfly/patternfly-addons.css'
import '@patternfly/react-core/dist/styles/base.css'
import '../../../node_modules/@keycloak/keycloak-account-ui/lib/keycloak-account-ui.css'

import { followColourScheme } from '@holdfast/console-host/dark-mode'
import { environment } from '@holdfast/console-host/environment'
import { loadTexts } from '@holdfast/console-host/load-texts'
import { Header, KeycloakProvider, PageNav, routes } from '@keycloak/keycloak-account-ui'
import { Page, Spinner } from '@patternfly/react-core'
import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Navigate, Outlet, RouterProvider } from 'react-router-dom'

followColourScheme()

await loadTexts({
  namespace: environment.realm,
  url: `${environment.serverBaseUrl}/resources/{{ns}}/account/{{lng}}`,
  locale: environment.locale,
})

function Root() {
  return (
    <KeycloakProvider environment={environment}>
      <Page header={<Header />} sidebar={<PageNav />} isManagedSidebar>
        <Suspense fallback={<Spinner />}>
          <Outlet />
        </Suspense>
      </Page>
    </KeycloakProvider>
  )
}

const router = createBrowserRouter([
  {
    path: decodeURIComponent(new URL(environment.baseUrl).pathname),
    element: <Root />,
    children: [...routes, { path: '*', element: <Navigate to="." replace /> }],
  },
])

createRoot(document.getElementById('app')).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
)
