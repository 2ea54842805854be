/** German texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const de: Readonly<Record<string, string>> = {
  // Layout
  doSave: 'Speichern',
  backToClient: '« Zurück zu {0}',
  // Sign in
  locale: 'Sprache',
  // One-time codes
  loginOtpDevice: 'Gerät',
  loginOtpUnnamedDevice: 'Unbenanntes Gerät',
  loginTotpOneTime: 'Einmalcode',
  barcodeAlternativeText: 'QR-Code des Schlüssels',

  // Backchannel authentication
  cibaHeader: 'Anfragen von Anwendungen',
  cibaNothing: 'Keine Anwendung wartet auf Ihre Antwort.',
  cibaAgreed: 'Sie haben zugestimmt. Sie können diese Seite schließen und zurückkehren.',
  cibaRefused: 'Es wurde nichts erlaubt. Sie können diese Seite schließen.',
  cibaExpired: 'Auf diese Antwort wartet niemand mehr.',
  cibaBindingMessage: 'Die Anwendung zeigt Ihnen diese Nachricht:',
}
