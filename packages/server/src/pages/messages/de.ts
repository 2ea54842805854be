/** German texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const de: Readonly<Record<string, string>> = {
  doSave: 'Speichern',
  backToClient: '« Zurück zu {0}',
  languages: 'Sprachen',
  locale: 'Sprache',
  loginOtpDevice: 'Gerät',
  loginOtpUnnamedDevice: 'Unbenanntes Gerät',
  loginTotpOneTime: 'Einmalcode',
  barcodeAlternativeText: 'QR-Code des Schlüssels',
  'reset-password-display-name': 'Passwort zurücksetzen',
  'recovery-authn-code-form-display-name': 'Wiederherstellungscode',
  'recovery-authn-code-form-help-text':
    'Geben Sie einen Wiederherstellungscode von Ihrer Liste ein.',
  basicScopeConsentText: 'Grundangaben',
  differentUserAuthenticating:
    'In einem anderen Tab dieses Browsers meldet sich gerade jemand anderes an.',
  notAllowedToLoginMessage: 'Sie dürfen sich nicht anmelden.',
  authenticatorNotSupportedMessage:
    'Diese Anmeldung braucht einen Schritt, den dieser Server noch nicht kennt.',
  cibaHeader: 'Anfragen von Anwendungen',
  cibaNothing: 'Keine Anwendung wartet auf Ihre Antwort.',
  cibaAgreed: 'Sie haben zugestimmt. Sie können diese Seite schließen und zurückkehren.',
  cibaRefused: 'Es wurde nichts erlaubt. Sie können diese Seite schließen.',
  cibaExpired: 'Auf diese Antwort wartet niemand mehr.',
  cibaBindingMessage: 'Die Anwendung zeigt Ihnen diese Nachricht:',
  'email-code-form-display-name': 'Code per E-Mail',
  'email-code-form-help-text':
    'Melden Sie sich mit einem Code an, der an Ihre E-Mail-Adresse geht.',
  'magic-link-form-display-name': 'Link per E-Mail',
  'magic-link-form-help-text':
    'Melden Sie sich mit einem Link an, der an Ihre E-Mail-Adresse geht.',
  'sms-code-form-display-name': 'Code per SMS',
  'sms-code-form-help-text': 'Melden Sie sich mit einem Code an, der an Ihr Telefon geht.',
  sentCodeLabel: 'Code',
  sentCodeResend: 'Neuen senden',
  emailCodeInstruction: 'Ein Code ist unterwegs an {0}. Geben Sie ihn hier ein.',
  magicLinkInstruction:
    'Ein Link ist unterwegs an {0}. Öffnen Sie ihn in diesem Browser; anderswo geöffnet zeigt er einen Code, den Sie hier eingeben.',
  smsCodeInstruction: 'Ein Code ist unterwegs an Ihr Telefon ({0}). Geben Sie ihn hier ein.',
  invalidSentCodeMessage: 'Ungültiger Code.',
  expiredSentCodeMessage: 'Dieser Code gilt nicht mehr. Lassen Sie einen neuen senden.',
  tooManyCodesMessage: 'Es wurden zu viele Codes gesendet. Versuchen Sie es später wieder.',
  magicLinkCodeTitle: 'Weiter im anderen Browser',
  magicLinkCode:
    'Geben Sie diesen Code in dem Browser ein, in dem Sie sich anmelden: {0}. Wenn Sie sich gerade nicht anmelden, schließen Sie diese Seite und nennen Sie den Code niemandem.',
  emailCodeSubject: 'Ihr Code für {0}',
  emailCodeBody:
    'Ihr Code für die Anmeldung bei {1} lautet\n\n{0}\n\nEr gilt {2}. Wenn Sie sich gerade nicht anmelden, ignorieren Sie diese Nachricht und nennen Sie den Code niemandem.',
  emailCodeBodyHtml:
    '<p>Ihr Code für die Anmeldung bei {1} lautet</p><p><b>{0}</b></p><p>Er gilt {2}. Wenn Sie sich gerade nicht anmelden, ignorieren Sie diese Nachricht und nennen Sie den Code niemandem.</p>',
  magicLinkSubject: 'Anmeldung bei {0}',
  magicLinkBody:
    'Öffnen Sie diesen Link, um sich bei {1} anzumelden\n\n{0}\n\nDer Link gilt {2}. Wenn Sie sich gerade nicht anmelden, ignorieren Sie diese Nachricht.',
  magicLinkBodyHtml:
    '<p><a href="{0}">Bei {1} anmelden</a></p><p>Der Link gilt {2}. Wenn Sie sich gerade nicht anmelden, ignorieren Sie diese Nachricht.</p>',
  smsCodeText: '{0} ist Ihr Code. Er gilt {1}. Nennen Sie ihn niemandem.',
  workflowNoticeGreeting: 'Guten Tag {0},',
  workflowNoticeTimeLeft: 'Verbleibende Tage: {0}',
  workflowNoticeContact: 'Bei Fragen wenden Sie sich bitte an die Administratoren von {0}.',
}
