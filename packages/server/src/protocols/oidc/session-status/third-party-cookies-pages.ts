const page = (script: string) => `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title></title></head>
<body>
<script>
${script}
</script>
</body>
</html>
`

/**
 * Two pages that an application loads in a hidden frame to learn whether the browser lets this server's cookies be seen
 * there: the first sets a cookie, the second looks for it, removes it and posts `supported` or `unsupported`.
 */
export const thirdPartyCookiesStep1 = page(`(() => {
  document.cookie = 'KEYCLOAK_3P_COOKIE=supported; Max-Age=60; SameSite=None; Secure'
  document.cookie = 'KEYCLOAK_3P_COOKIE_PLAIN=supported; Max-Age=60'
  location.replace('step2.html')
})()`)

/** @see thirdPartyCookiesStep1 */
export const thirdPartyCookiesStep2 = page(`(async () => {
  const names = ['KEYCLOAK_3P_COOKIE', 'KEYCLOAK_3P_COOKIE_PLAIN']
  const found = names.some((name) => document.cookie.split('; ').includes(name + '=supported'))
  document.cookie = names[0] + '=; Max-Age=0; SameSite=None; Secure'
  document.cookie = names[1] + '=; Max-Age=0'
  let supported = found
  try {
    if (!found && document.hasStorageAccess) supported = await document.hasStorageAccess()
  } catch {
    supported = found
  }
  parent.postMessage(supported ? 'supported' : 'unsupported', '*')
})()`)
