/** Dutch texts that Keycloak's catalogue lacks; what is missing here is shown in English. Syntax as in `en.ts`. */
export const nl: Readonly<Record<string, string>> = {
  doSave: 'Opslaan',
  backToClient: '« Terug naar {0}',
  languages: 'talen',
  locale: 'Taal',
  loginOtpDevice: 'Apparaat',
  loginOtpUnnamedDevice: 'Naamloos apparaat',
  loginTotpOneTime: 'Eenmalige code',
  barcodeAlternativeText: 'QR-code van de sleutel',
  'reset-password-display-name': 'Wachtwoord opnieuw instellen',
  'recovery-authn-code-form-display-name': 'Herstelcode',
  'recovery-authn-code-form-help-text': 'Voer een herstelcode van uw lijst in.',
  basicScopeConsentText: 'Basisgegevens',
  differentUserAuthenticating:
    'In een ander tabblad van deze browser meldt iemand anders zich aan.',
  notAllowedToLoginMessage: 'U mag zich niet aanmelden.',
  authenticatorNotSupportedMessage:
    'Deze aanmelding heeft een stap nodig die deze server nog niet ondersteunt.',
  cibaHeader: 'Verzoeken van applicaties',
  cibaNothing: 'Geen enkele applicatie wacht op uw antwoord.',
  cibaAgreed: 'U hebt ingestemd. U kunt deze pagina sluiten en teruggaan.',
  cibaRefused: 'Er is niets toegestaan. U kunt deze pagina sluiten.',
  cibaExpired: 'Niemand wacht nog op dit antwoord.',
  cibaBindingMessage: 'De applicatie toont u dit bericht:',
  'email-code-form-display-name': 'Code per e-mail',
  'email-code-form-help-text': 'Meld u aan met een code die naar uw e-mailadres wordt gestuurd.',
  'magic-link-form-display-name': 'Link per e-mail',
  'magic-link-form-help-text': 'Meld u aan met een link die naar uw e-mailadres wordt gestuurd.',
  'sms-code-form-display-name': 'Code per sms',
  'sms-code-form-help-text': 'Meld u aan met een code die naar uw telefoon wordt gestuurd.',
  sentCodeLabel: 'Code',
  sentCodeResend: 'Een nieuwe sturen',
  emailCodeInstruction: 'Er is een code onderweg naar {0}. Voer die hier in.',
  magicLinkInstruction:
    'Er is een link onderweg naar {0}. Open die in deze browser; elders geopend toont hij een code om hier in te voeren.',
  smsCodeInstruction: 'Er is een code onderweg naar uw telefoon ({0}). Voer die hier in.',
  invalidSentCodeMessage: 'Ongeldige code.',
  expiredSentCodeMessage: 'Deze code is niet meer geldig. Laat een nieuwe sturen.',
  tooManyCodesMessage: 'Er zijn te veel codes gestuurd. Probeer het later opnieuw.',
  magicLinkCodeTitle: 'Ga verder in de andere browser',
  magicLinkCode:
    'Voer deze code in de browser in waarin u zich aanmeldt: {0}. Als u zich niet aanmeldt, sluit dan deze pagina en geef de code aan niemand.',
  emailCodeSubject: 'Uw code voor {0}',
  emailCodeBody:
    'Uw code om u aan te melden bij {1} is\n\n{0}\n\nDe code is {2} geldig. Als u zich niet aanmeldt, negeer dan dit bericht en geef de code aan niemand.',
  emailCodeBodyHtml:
    '<p>Uw code om u aan te melden bij {1} is</p><p><b>{0}</b></p><p>De code is {2} geldig. Als u zich niet aanmeldt, negeer dan dit bericht en geef de code aan niemand.</p>',
  magicLinkSubject: 'Aanmelden bij {0}',
  magicLinkBody:
    'Open deze link om u aan te melden bij {1}\n\n{0}\n\nDe link is {2} geldig. Als u zich niet aanmeldt, negeer dan dit bericht.',
  magicLinkBodyHtml:
    '<p><a href="{0}">Aanmelden bij {1}</a></p><p>De link is {2} geldig. Als u zich niet aanmeldt, negeer dan dit bericht.</p>',
  smsCodeText: '{0} is uw code. Hij is {1} geldig. Geef hem aan niemand.',
  traceIdSupportMessage: 'Geef deze code door aan de ondersteuning: {0}',
  workflowNoticeGreeting: 'Beste {0},',
  workflowNoticeTimeLeft: 'Resterende dagen: {0}',
  workflowNoticeContact: 'Neem bij vragen contact op met de beheerders van {0}.',
}
