/** Italian texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const it: Readonly<Record<string, string>> = {
  doSave: 'Salva',
  backToClient: '« Torna a {0}',
  languages: 'lingue',
  locale: 'Lingua',
  loginOtpDevice: 'Dispositivo',
  loginOtpUnnamedDevice: 'Dispositivo senza nome',
  loginTotpOneTime: 'Codice monouso',
  barcodeAlternativeText: 'Codice QR della chiave',
  'reset-password-display-name': 'Reimposta la password',
  'recovery-authn-code-form-display-name': 'Codice di recupero',
  'recovery-authn-code-form-help-text': 'Inserisci un codice di recupero della tua lista.',
  basicScopeConsentText: 'Dati di base',
  differentUserAuthenticating:
    "Un''altra persona sta accedendo in un''altra scheda di questo browser.",
  notAllowedToLoginMessage: 'Non hai il permesso di accedere.',
  authenticatorNotSupportedMessage:
    'Questo accesso richiede un passaggio che questo server non supporta ancora.',
  cibaHeader: 'Richieste di applicazioni',
  cibaNothing: 'Nessuna applicazione attende la tua risposta.',
  cibaAgreed: 'Hai accettato. Puoi chiudere questa pagina e tornare indietro.',
  cibaRefused: 'Non è stato concesso nulla. Puoi chiudere questa pagina.',
  cibaExpired: 'Nessuno attende più questa risposta.',
  cibaBindingMessage: "L''applicazione ti mostra questo messaggio:",
  'email-code-form-display-name': 'Codice via e-mail',
  'email-code-form-help-text': 'Accedi con un codice inviato al tuo indirizzo e-mail.',
  'magic-link-form-display-name': 'Link via e-mail',
  'magic-link-form-help-text': 'Accedi con un link inviato al tuo indirizzo e-mail.',
  'sms-code-form-display-name': 'Codice via SMS',
  'sms-code-form-help-text': 'Accedi con un codice inviato al tuo telefono.',
  sentCodeLabel: 'Codice',
  sentCodeResend: 'Inviane un altro',
  emailCodeInstruction: 'Un codice è stato inviato a {0}. Inseriscilo qui.',
  magicLinkInstruction:
    'Un link è stato inviato a {0}. Aprilo in questo browser; aperto altrove, mostra un codice da inserire qui.',
  smsCodeInstruction: 'Un codice è stato inviato al tuo telefono ({0}). Inseriscilo qui.',
  invalidSentCodeMessage: 'Codice non valido.',
  expiredSentCodeMessage: 'Questo codice non è più valido. Fattene inviare un altro.',
  tooManyCodesMessage: 'Sono stati inviati troppi codici. Riprova più tardi.',
  magicLinkCodeTitle: "Continua nell''altro browser",
  magicLinkCode:
    'Inserisci questo codice nel browser in cui stai accedendo: {0}. Se non stai accedendo, chiudi questa pagina e non comunicare il codice a nessuno.',
  emailCodeSubject: 'Il tuo codice per {0}',
  emailCodeBody:
    'Il tuo codice per accedere a {1} è\n\n{0}\n\nÈ valido per {2}. Se non stai accedendo, ignora questo messaggio e non comunicare il codice a nessuno.',
  emailCodeBodyHtml:
    '<p>Il tuo codice per accedere a {1} è</p><p><b>{0}</b></p><p>È valido per {2}. Se non stai accedendo, ignora questo messaggio e non comunicare il codice a nessuno.</p>',
  magicLinkSubject: 'Accedi a {0}',
  magicLinkBody:
    'Apri questo link per accedere a {1}\n\n{0}\n\nIl link è valido per {2}. Se non stai accedendo, ignora questo messaggio.',
  magicLinkBodyHtml:
    '<p><a href="{0}">Accedi a {1}</a></p><p>Il link è valido per {2}. Se non stai accedendo, ignora questo messaggio.</p>',
  smsCodeText: '{0} è il tuo codice. È valido per {1}. Non comunicarlo a nessuno.',
  traceIdSupportMessage: "Fornisci questo codice all''assistenza: {0}",
  workflowNoticeGreeting: 'Gentile {0},',
  workflowNoticeTimeLeft: 'Giorni rimanenti: {0}',
  workflowNoticeContact: 'Per domande rivolgersi agli amministratori di {0}.',
}
