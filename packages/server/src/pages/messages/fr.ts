/** French texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const fr: Readonly<Record<string, string>> = {
  // Layout
  doSave: 'Enregistrer',
  backToClient: '« Retour à {0}',
  // Sign in
  locale: 'Langue',
  // One-time codes
  loginOtpDevice: 'Appareil',
  loginOtpUnnamedDevice: 'Appareil sans nom',
  loginTotpOneTime: 'Code à usage unique',
  barcodeAlternativeText: 'Code QR de la clé',

  // Backchannel authentication
  cibaHeader: "Demandes d''applications",
  cibaNothing: "Aucune application n''attend votre réponse.",
  cibaAgreed: 'Vous avez accepté. Vous pouvez fermer cette page et revenir en arrière.',
  cibaRefused: "Rien n''a été accordé. Vous pouvez fermer cette page.",
  cibaExpired: "Personne n''attend plus cette réponse.",
  cibaBindingMessage: "L''application vous montre ce message :",
}
