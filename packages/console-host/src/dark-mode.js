import { environment } from './environment.js'

const darkClass = 'pf-v5-theme-dark'

/** Follows the colours that the visitor's system asks for, where the realm lets consoles be dark. */
export function followColourScheme() {
  if (!environment.darkMode) return
  const wish = window.matchMedia('(prefers-color-scheme: dark)')
  const apply = () => document.documentElement.classList.toggle(darkClass, wish.matches)
  apply()
  wish.addEventListener('change', apply)
}
