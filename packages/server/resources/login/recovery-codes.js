/** Print, download and copy of a list of recovery codes; the list can be written down without. */
const list = document.getElementById('kc-recovery-codes-list')
const listText = () =>
  Array.from(list.children, (item, index) => `${index + 1}: ${item.textContent}`).join('\r\n')
const tools = {
  printRecoveryCodes: () => window.print(),
  downloadRecoveryCodes: () => {
    const link = document.createElement('a')
    const text = `${list.dataset.heading}\r\n\r\n${listText()}\r\n`
    link.href = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`
    link.download = 'kc-download-recovery-codes.txt'
    link.click()
  },
  copyRecoveryCodes: () => navigator.clipboard?.writeText(listText()),
}
for (const [id, act] of Object.entries(tools)) {
  const button = document.getElementById(id)
  button.hidden = false
  button.addEventListener('click', act)
}
