/** What the server wrote into the page for its console: addresses, realm, client, features. */
export const environment = JSON.parse(document.getElementById('environment').textContent)
